import { type OutboundEntry, outboundEntrySchema, streams, subjects } from '@claw/contracts';
import { backoffMs } from '@claw/kernel';
import { deadLetterHeaders, JetStreamPublisher, type Log, NatsLink, reasonOf } from '@claw/messaging';
import { Injectable } from '@nestjs/common';
import type { JsMsg } from 'nats';
import { OutboundIntake, type Placed } from '../ledger/outbound-intake';
import type { TakenPartition } from '../ledger/partition-table';
import { pause } from './pause';
import { lastOutboundSequence, readOutbound } from './outbound-reader';

export interface IntakeOptions {
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Told of what is new in the ledger. */
  readonly onTaken: (entries: readonly OutboundEntry[]) => void;
}

/** Takes what lies in a partition of OUTBOUND into the ledger, each once, in order. */
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
      try {
        await this.nats.up(5_000, signal);
        if (signal.aborted) break;
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
      }
    }
    return 'ended';
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
      const entry = parse(stored);
      if (entry !== undefined) placed.push({ seq: stored.seq, entry });
      else {
        await this.bury(stored);
        log.error({ sequence: stored.seq }, 'an outbound entry can’t be read; it is in the dead letter');
      }
    }
    return placed;
  }

  private async bury(stored: JsMsg): Promise<void> {
    await this.publisher.publish(subjects.dead(streams.outbound.name), stored.data, {
      msgId: `${streams.outbound.name}/intake/${stored.seq}`,
      headers: {
        [deadLetterHeaders.stream]: streams.outbound.name,
        [deadLetterHeaders.consumer]: 'intake',
        [deadLetterHeaders.subject]: stored.subject,
        [deadLetterHeaders.sequence]: String(stored.seq),
        [deadLetterHeaders.reason]: 'not an outbound entry',
        [deadLetterHeaders.attempts]: '1',
      },
    });
  }
}

const parse = (stored: JsMsg) => {
  try {
    return outboundEntrySchema.safeParse(stored.json<unknown>()).data;
  } catch {
    return undefined;
  }
};
