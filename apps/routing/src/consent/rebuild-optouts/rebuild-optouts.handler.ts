import { eventStreams } from '@claw/contracts';
import { EventLog, EventStore } from '@claw/event-store';
import { rebuildBucket, type Rebuilt } from '@claw/messaging';
import { type ConsentEvent, evolveConsent, unspoken } from '@claw/routing-domain';
import { Injectable } from '@nestjs/common';
import { statesIn } from '../../follow-log/states-in';
import { consentCodec } from '../consent.codec';
import { keyOf } from '../consents';
import { OptoutDirectory, optoutEntryOf } from '../optout-directory';

/** Makes the `optouts` bucket what the log says, while it is read and written. */
@Injectable()
export class RebuildOptoutsHandler {
  private readonly log: EventLog<ConsentEvent>;

  constructor(
    store: EventStore,
    private readonly directory: OptoutDirectory,
  ) {
    this.log = new EventLog(store, consentCodec);
  }

  /** Throws `Unavailable`; it may then simply be done again. */
  async handle(): Promise<Rebuilt> {
    return rebuildBucket(this.directory.bucket, () => this.desired());
  }

  private async *desired() {
    const evolution = { initial: unspoken, evolve: evolveConsent };
    for (const [id, consent] of await statesIn(this.log, eventStreams.consentPrefix, evolution)) {
      const entry = optoutEntryOf(consent);
      if (entry !== undefined) yield [keyOf(id), entry] as const;
    }
  }
}
