import { streams, subjects } from '@claw/contracts';
import { backoffMs } from '@claw/kernel';
import { consume, type Consumer, type Log, type NatsLink } from '@claw/messaging';
import { carrierChatHeader } from './carrier-chat-header';
import { NoticeHandler } from './notice.handler';

/** Works off INBOUND, shared with the other replicas; what belongs to one chat in order. */
export class NoticeConsumer {
  private consumer: Consumer | undefined;

  constructor(
    private readonly nats: NatsLink,
    private readonly handler: NoticeHandler,
    private readonly log: Log,
  ) {}

  start(): void {
    this.consumer ??= consume(this.nats, {
      stream: streams.inbound.name,
      durable: 'routing-notices',
      concurrency: 64,
      maxInHand: 512,
      orderBy: (message) => message.header(carrierChatHeader) ?? String(message.sequence),
      ackWaitMs: 10_000,
      maxDeliver: 12,
      backoff: (tries) => backoffMs(tries, 200, 8_000),
      deadSubject: subjects.dead(streams.inbound.name),
      logger: this.log,
      handle: (message, { attempt }) => this.handler.handle(message, attempt),
    });
  }

  async stop(): Promise<void> {
    await this.consumer?.stop();
  }
}
