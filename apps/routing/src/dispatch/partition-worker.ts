import type { OutboundEntry } from '@claw/contracts';
import { backoffMs } from '@claw/kernel';
import { type Lease, type Log, reasonOf } from '@claw/messaging';
import { OutboundLedger } from '../ledger/outbound-ledger';
import type { TakenPartition } from '../ledger/partition-table';
import { ReactionLedger } from '../ledger/reaction-ledger';
import { Lanes, type LaneStep } from './lanes';
import { MessageDispatch } from './dispatch-message';
import { ReactionDispatch } from './dispatch-reaction';
import { PartitionIntake } from './partition-intake';
import { pause } from './pause';
import type { Turn } from './turn';

export interface WorkerParts {
  readonly intake: PartitionIntake;
  readonly messageLedger: OutboundLedger;
  readonly reactionLedger: ReactionLedger;
  readonly messages: MessageDispatch;
  readonly reactions: ReactionDispatch;
  readonly log: Log;
}

/**
 * Works one partition for as long as it is ours: takes in what lies in it, and hands over messages chat by chat and
 * reactions by the message they are for.
 */
export class PartitionWorker {
  /** Resolves when nothing of it is under way any more. */
  readonly ended: Promise<void>;
  private readonly stopping = new AbortController();
  private readonly chats: Lanes;
  private readonly targets: Lanes;

  constructor(
    private readonly parts: WorkerParts,
    readonly owned: TakenPartition,
    private readonly lease: Pick<Lease, 'held'>,
  ) {
    this.chats = this.lanes((turn) => parts.messages.step(turn));
    this.targets = this.lanes((turn) => parts.reactions.step(turn));
    this.ended = this.run(this.stopping.signal);
  }

  /** Begins nothing new; what is under way at the carrier still gets its answer written down. */
  stop(): void {
    this.stopping.abort();
  }

  private lanes(step: (turn: Turn) => Promise<LaneStep>): Lanes {
    const { owned, stopping } = this;
    const stands = () => !stopping.signal.aborted && this.lease.held();
    return new Lanes(
      {
        step: (lane, looks) => step({ owned, lane, looks, stands }),
        onLost: () => this.stop(),
        log: this.parts.log,
      },
      stopping.signal,
    );
  }

  private async run(signal: AbortSignal): Promise<void> {
    await this.wakeWaiting(signal);
    const onTaken = (entries: readonly OutboundEntry[]) => entries.forEach((entry) => this.wake(entry));
    await this.parts.intake.run(this.owned, { signal, log: this.parts.log, onTaken });
    this.stop();
    await Promise.all([this.chats.ended(), this.targets.ended()]);
  }

  private wake(entry: OutboundEntry): void {
    if (entry.kind === 'reaction') this.targets.wake(entry.messageId);
    else this.chats.wake(entry.chatId);
  }

  /** What an earlier owner left. */
  private async wakeWaiting(signal: AbortSignal): Promise<void> {
    const { partition } = this.owned;
    const { messageLedger, reactionLedger, log } = this.parts;
    for (let failures = 0; !signal.aborted;) {
      try {
        const [chatIds, messageIds] = await Promise.all([
          messageLedger.waitingChats(partition),
          reactionLedger.waitingTargets(partition),
        ]);
        chatIds.forEach((chatId) => this.chats.wake(chatId));
        messageIds.forEach((messageId) => this.targets.wake(messageId));
        return;
      } catch (error) {
        failures += 1;
        log.warn({ partition, reason: reasonOf(error) }, 'a partition waits for the ledger');
        await pause(backoffMs(failures, 100, 2_000), signal);
      }
    }
  }
}
