import { digitsOf, eventStreams, keys, type PhoneDigits, type PhoneNumber } from '@claw/contracts';
import { AggregateStore, EventStore } from '@claw/event-store';
import {
  type Consent,
  type ConsentEvent,
  evolveConsent,
  recordWish,
  type RecordWish,
  unspoken,
} from '@claw/routing-domain';
import { Injectable } from '@nestjs/common';
import { consentCodec } from './consent.codec';
import { OptoutDirectory, optoutEntryOf } from './optout-directory';

export interface Wish extends RecordWish {
  readonly sendingNumber: PhoneNumber;
  readonly phoneNumber: PhoneNumber;
}

/** Who wishes to be texted from which sending number: each pair's log, and the `optouts` bucket. Throws `Unavailable`. */
@Injectable()
export class Consents {
  private readonly aggregates: AggregateStore<Consent, ConsentEvent>;

  constructor(
    store: EventStore,
    private readonly directory: OptoutDirectory,
  ) {
    const definition = { codec: consentCodec, initial: unspoken, evolve: evolveConsent };
    this.aggregates = new AggregateStore(store, definition);
  }

  /**
   * Has a wish in the log and in the bucket before it answers with what holds then; also where nothing was to change,
   * as an earlier try may have ended half-way.
   */
  async record(wish: Wish): Promise<Consent> {
    const [sending, digits] = [digitsOf(wish.sendingNumber), digitsOf(wish.phoneNumber)];
    const { state } = await this.aggregates.execute(
      eventStreams.consent(sending, digits),
      (consent) => recordWish(consent, wish),
      {
        actor: { kind: 'system', id: 'routing' },
        requestId: wish.messageId,
        causationId: wish.messageId,
      },
    );
    await this.project(keys.optout(sending, digits), state);
    return state;
  }

  /** Sees to it that the bucket tells of a consent as of a revision: mostly it does already. */
  async heal(consentId: string, revision: number): Promise<void> {
    const key = keyOf(consentId);
    const entry = await this.directory.bucket.get(key);
    if (entry !== undefined && entry.value.revision >= revision) return;
    const { state } = await this.aggregates.load(eventStreams.consentPrefix + consentId);
    await this.project(key, state);
  }

  private async project(key: string, consent: Consent): Promise<void> {
    const entry = optoutEntryOf(consent);
    if (entry !== undefined) await this.directory.bucket.putNewer(key, entry);
  }
}

/** The bucket's key of a consent that the log knows by its stream's name behind the prefix. */
export const keyOf = (consentId: string): string => {
  const [sending, customer] = consentId.split('-') as [PhoneDigits, PhoneDigits];
  return keys.optout(sending, customer);
};
