import { subjects } from '@claw/contracts';
import { Unavailable } from '@claw/kernel';
import { faultOf, type Log, type NatsLink, reasonOf, StandingSubscription } from '@claw/messaging';
import type { Msg } from 'nats';
import { type PeerReply, type PeerRequest, peerReplySchema, peerRequestSchema } from './peer-messages';

export type PeerHandler = (request: PeerRequest) => Promise<PeerReply>;

/** The gateways' talk with each other, process to process. */
export class Peers {
  private readonly subscription: StandingSubscription;
  private handler: PeerHandler = () => Promise.resolve({ answer: 'not mine' });

  constructor(
    private readonly nats: NatsLink,
    /** This process's own name. */
    process: string,
    private readonly logger: Log,
  ) {
    const subject = subjects.gatewayPeer(process);
    this.subscription = new StandingSubscription(nats, subject, {
      receive: (message) => void this.answer(message),
    });
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
    this.subscription.stop();
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
