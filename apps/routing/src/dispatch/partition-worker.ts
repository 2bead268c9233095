import { backoffMs } from '@claw/kernel';
import { type Log, reasonOf } from '@claw/messaging';
import { OutboundLedger } from '../ledger/outbound-ledger';
import type { TakenPartition } from '../ledger/partition-table';
import { ChatLanes } from './chat-lanes';
import { MessageDispatch } from './dispatch-message';
import { PartitionIntake } from './partition-intake';
import { pause } from './pause';

export interface WorkerParts {
  readonly intake: PartitionIntake;
  readonly ledger: OutboundLedger;
  readonly dispatch: MessageDispatch;
  readonly log: Log;
}

/** Works one partition for as long as it is ours: takes its messages in, and hands them over chat by chat. */
export class PartitionWorker {
  /** Resolves when nothing of it is under way any more. */
  readonly ended: Promise<void>;
  private readonly stopping = new AbortController();
  private readonly lanes: ChatLanes;

  constructor(
    private readonly parts: WorkerParts,
    readonly owned: TakenPartition,
  ) {
    const { signal } = this.stopping;
    this.lanes = new ChatLanes(
      {
        step: (chatId, looks) => parts.dispatch.step(owned, chatId, looks, signal),
        onLost: () => this.stop(),
        log: parts.log,
      },
      signal,
    );
    this.ended = this.run(signal);
  }

  /** Begins nothing new; what is under way at the carrier still gets its answer written down. */
  stop(): void {
    this.stopping.abort();
  }

  private async run(signal: AbortSignal): Promise<void> {
    await this.wakeWaiting(signal);
    const onChats = (chatIds: ReadonlySet<string>) => chatIds.forEach((chatId) => this.lanes.wake(chatId));
    await this.parts.intake.run(this.owned, { signal, log: this.parts.log, onChats });
    this.stop();
    await this.lanes.ended();
  }

  /** What an earlier owner left. */
  private async wakeWaiting(signal: AbortSignal): Promise<void> {
    const { partition } = this.owned;
    for (let failures = 0; !signal.aborted;) {
      try {
        const chatIds = await this.parts.ledger.waitingChats(partition);
        chatIds.forEach((chatId) => this.lanes.wake(chatId));
        return;
      } catch (error) {
        failures += 1;
        this.parts.log.warn({ partition, reason: reasonOf(error) }, 'a partition waits for the ledger');
        await pause(backoffMs(failures, 100, 2_000), signal);
      }
    }
  }
}
