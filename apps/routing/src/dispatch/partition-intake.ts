import { type OutboundEntry, streams, subjects } from '@claw/contracts';
import { backoffMs } from '@claw/kernel';
import {
  buryMessage,
  JetStreamPublisher,
  type Log,
  NatsLink,
  reasonOf,
  receivedMessage,
} from '@claw/messaging';
import { Injectable } from '@nestjs/common';
import type { JsMsg } from 'nats';
import { OutboundIntake, type Placed } from '../ledger/outbound-intake';
import type { TakenPartition } from '../ledger/partition-table';
import { answerReplays, entryIn, intake, notAnEntry } from './entry-replay';
import { lastOutboundSequence, readOutbound } from './outbound-reader';
import { pause } from './pause';

export interface IntakeOptions {
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Told of what is new in the ledger. */
  readonly onTaken: (entries: readonly OutboundEntry[]) => void;
}

/** Takes what lies in a partition of OUTBOUND into the ledger, each once, in order; and what is put back, at once. */
@Injectable()
export class PartitionIntake {
  constructor(
    private readonly nats: NatsLink,
    private readonly publisher: JetStreamPublisher,
    private readonly ledger: OutboundIntake,
  ) {}

  /** Works until aborted, healing from whatever fails; resolves to `lost` where the partition has another owner. */
  async run(owned: TakenPartition, options: IntakeOptions): Promise<'ended' | 'lost'> {
    const { signal, log } = options;
    const { partition } = owned;
    let after = owned.takenSeq;
    for (let failures = 0; !signal.aborted;) {
      let stopAnswering = (): void => undefined;
      try {
        await this.nats.up(5_000, signal);
        if (signal.aborted) break;
        stopAnswering = answerReplays(this.nats, partition, log, (placed) =>
          this.takeBack(owned, placed, options),
        );
        after = await this.placeIn(after, log);
        for await (const batch of readOutbound(this.nats, { partition, after, signal })) {
          const upTo = batch.at(-1)?.seq ?? after;
          const placed = await this.readable(batch, log);
          if (!(await this.ledger.takeIn(owned, placed, upTo))) return 'lost';
          after = upTo;
          failures = 0;
          options.onTaken(placed.map(({ entry }) => entry));
        }
      } catch (error) {
        if (signal.aborted) break;
        failures += 1;
        log.warn({ partition, reason: reasonOf(error) }, 'outbound messages wait');
        await pause(backoffMs(failures, 100, 2_000), signal);
      } finally {
        stopAnswering();
      }
    }
    return 'ended';
  }

  private async takeBack(
    owned: TakenPartition,
    placed: Placed,
    { onTaken }: IntakeOptions,
  ): Promise<boolean> {
    const taken = await this.ledger.takeIn(owned, [placed]);
    if (taken) onTaken([placed.entry]);
    return taken;
  }

  /** A stream that was made anew counts from 1 again; the ledger knows what it has already. */
  private async placeIn(after: number, log: Log): Promise<number> {
    const last = await lastOutboundSequence(this.nats);
    if (after <= last) return after;
    log.error({ after, last }, 'OUTBOUND is another stream than before: it is read from its beginning');
    return 0;
  }

  private async readable(batch: readonly JsMsg[], log: Log): Promise<readonly Placed[]> {
    const placed: Placed[] = [];
    for (const stored of batch) {
      const entry = entryIn(stored);
      if (entry !== undefined) placed.push({ seq: stored.seq, entry });
      else {
        await this.bury(stored);
        log.error({ sequence: stored.seq }, 'an outbound entry can’t be read; it is in the dead letter');
      }
    }
    return placed;
  }

  private bury(stored: JsMsg): Promise<void> {
    return buryMessage(this.publisher, subjects.dead(streams.outbound.name), {
      ...intake,
      message: receivedMessage(stored),
      reason: notAnEntry,
      attempts: 1,
      id: `${intake.stream}/${intake.consumer}/${stored.seq}`,
    });
  }
}
