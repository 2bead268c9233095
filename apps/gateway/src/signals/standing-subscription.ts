import type { NatsLink } from '@claw/messaging';
import type { Msg, NatsConnection, Subscription } from 'nats';

/** A core subscription for as long as it is wanted: a connection that comes back has it, a new one gets it anew. */
export class StandingSubscription {
  private boundTo: NatsConnection | undefined;
  private subscription: Subscription | undefined;
  private readonly stopFollowing: () => void;

  constructor(
    private readonly nats: NatsLink,
    private readonly subject: string,
    private readonly receive: (message: Msg) => void,
  ) {
    this.stopFollowing = nats.onChange((connected) => connected && this.bind());
    if (nats.connected) this.bind();
  }

  stop(): void {
    this.stopFollowing();
    this.subscription?.unsubscribe();
  }

  private bind(): void {
    const { connection } = this.nats.now();
    if (connection === this.boundTo) return;
    this.boundTo = connection;
    this.subscription = connection.subscribe(this.subject, {
      callback: (error, message) => {
        if (error === null) this.receive(message);
      },
    });
  }
}
