import type { Msg, NatsConnection, Subscription } from 'nats';
import type { NatsLink } from './nats-link';

/** Who a {@link StandingSubscription} is for. */
export interface StandingListener {
  receive(message: Msg): void;
  /** What is published while the link is down is not seen; once it is up again, everything is. */
  linkChanged?(connected: boolean): void;
}

/** A core subscription for as long as it is wanted: a connection that comes back has it, a new one gets it anew. */
export class StandingSubscription {
  private boundTo: NatsConnection | undefined;
  private subscription: Subscription | undefined;
  private readonly stopFollowing: () => void;

  constructor(
    private readonly nats: NatsLink,
    private readonly subject: string,
    private readonly listener: StandingListener,
  ) {
    this.stopFollowing = nats.onChange((connected) => {
      if (connected) this.bind();
      listener.linkChanged?.(connected);
    });
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
        if (error === null) this.listener.receive(message);
      },
    });
  }
}
