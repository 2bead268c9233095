import { accept, type Decision, type Instant, nothing } from '@claw/kernel';
import { ageAgainst, type Consent, type ConsentEvent } from './consent';

export interface RecordWish {
  readonly wish: 'stop' | 'start';
  readonly sendingNumber: string;
  readonly phoneNumber: string;
  readonly messageId: string;
  /** The carrier's time of the message. */
  readonly at: Instant;
}

/**
 * Records a person's wish. Messages come late and out of order, so one that is older than the newest changes nothing;
 * of two of the same moment, the one to stop counts. A stop is also recorded where nothing changes, or a start from
 * before it that comes late would undo it; a start that changes nothing isn't, as it is what people say who were
 * asked a question.
 */
export const recordWish = (consent: Consent, { wish, ...data }: RecordWish): Decision<ConsentEvent> => {
  const age = ageAgainst(consent, data.at);
  if (wish === 'start') {
    return consent.optedOut && age > 0 ? accept<ConsentEvent>({ type: 'OptedIn', data }) : nothing();
  }
  const counts = consent.optedOut ? age > 0 : age >= 0;
  return counts ? accept<ConsentEvent>({ type: 'OptedOut', data }) : nothing();
};

/**
 * Whether a message is to be confirmed: it, and no other, brought about what holds now. True again when it is handled
 * again, so that a confirmation that was cut off is made good.
 */
export const needsConfirmation = (
  consent: Consent,
  { wish, messageId }: Pick<RecordWish, 'wish' | 'messageId'>,
): boolean => consent.optedOut === (wish === 'stop') && consent.changedBy === messageId;
