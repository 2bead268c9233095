import { type LiveSignal, subjects } from '@claw/contracts';
import { encodePayload, NatsLink } from '@claw/messaging';
import { Injectable } from '@nestjs/common';

/** Tells connected agents what is kept nowhere. */
@Injectable()
export class LiveSignals {
  constructor(private readonly nats: NatsLink) {}

  /** Says it to whichever gateway listens now. Throws `Unavailable` while NATS is away. */
  send(subaccountId: string, signal: LiveSignal): void {
    this.nats.now().connection.publish(subjects.live(subaccountId), encodePayload(signal));
  }
}
