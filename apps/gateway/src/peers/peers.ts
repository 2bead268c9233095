import { subjects } from '@claw/contracts';
import { Unavailable } from '@claw/kernel';
import { faultOf, type Log, type NatsLink, reasonOf } from '@claw/messaging';
import type { Msg, NatsConnection, Subscription } from 'nats';
import { type PeerReply, type PeerRequest, peerReplySchema, peerRequestSchema } from './peer-messages';

export type PeerHandler = (request: PeerRequest) => Promise<PeerReply>;

/** The gateways' talk with each other, process to process. */
export class Peers {
  private boundTo: NatsConnection | undefined;
  private subscription: Subscription | undefined;
  private handler: PeerHandler = () => Promise.resolve({ answer: 'not mine' });
  private readonly stopFollowing: () => void;

  constructor(
    private readonly nats: NatsLink,
    /** This process's own name. */
    private readonly process: string,
    private readonly logger: Log,
  ) {
    this.stopFollowing = nats.onChange((connected) => connected && this.bind());
    if (nats.connected) this.bind();
  }

  answerWith(handler: PeerHandler): void {
    this.handler = handler;
  }

  /** Throws `Unavailable`: at once where no such process is connected. */
  async ask(process: string, request: PeerRequest, timeoutMs: number): Promise<PeerReply> {
    const { connection } = this.nats.now();
    try {
      const subject = subjects.gatewayPeer(process);
      const reply = await connection.request(subject, JSON.stringify(request), { timeout: timeoutMs });
      return peerReplySchema.parse(reply.json());
    } catch (error) {
      throw faultOf(`gateway ${process}`, error);
    }
  }

  stop(): void {
    this.stopFollowing();
    this.subscription?.unsubscribe();
  }

  /** A connection that comes back has its subscription; only a new one needs it made. */
  private bind(): void {
    const { connection } = this.nats.now();
    if (connection === this.boundTo) return;
    this.boundTo = connection;
    this.subscription = connection.subscribe(subjects.gatewayPeer(this.process), {
      callback: (error, message) => {
        if (error === null) void this.answer(message);
      },
    });
  }

  private async answer(message: Msg): Promise<void> {
    let reply: PeerReply;
    try {
      reply = await this.handler(peerRequestSchema.parse(message.json()));
    } catch (error) {
      if (!(error instanceof Unavailable)) this.logger.error({ error }, 'a peer could not be answered');
      reply = { answer: 'unavailable' };
    }
    try {
      message.respond(JSON.stringify(reply));
    } catch (error) {
      // The connection has closed meanwhile: the other one has its deadline.
      this.logger.warn({ reason: reasonOf(error) }, 'a peer got no answer');
    }
  }
}
