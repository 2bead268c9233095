import { assertNever, epochMs, type Instant } from '@claw/kernel';

interface WishData {
  readonly sendingNumber: string;
  readonly phoneNumber: string;
  /** The carrier's id of the message that says so. */
  readonly messageId: string;
  /** The carrier's time of that message. */
  readonly at: Instant;
}

/** Said again by someone who had opted out already, it is the same fact of a later moment. */
export interface OptedOut {
  readonly type: 'OptedOut';
  readonly data: WishData;
}

export interface OptedIn {
  readonly type: 'OptedIn';
  readonly data: WishData;
}

/** What a person wishes of one sending number, whoever it is routed to: the stream `consent-<sending>-<digits>`. */
export type ConsentEvent = OptedOut | OptedIn;

/** Whether a person may be texted from a sending number. */
export interface Consent {
  readonly optedOut: boolean;
  /** The message that brought this about, not one that only said it again. */
  readonly changedBy: string | undefined;
  /** The carrier's time of the newest wish. */
  readonly newestAt: Instant | undefined;
  /** The stream's newest revision; -1 where nothing has happened yet. */
  readonly revision: number;
}

/** Who never said a word may be texted. */
export const unspoken: Consent = {
  optedOut: false,
  changedBy: undefined,
  newestAt: undefined,
  revision: -1,
};

export const evolveConsent = (consent: Consent, event: ConsentEvent): Consent => {
  const revision = consent.revision + 1;
  const { messageId, at } = event.data;
  switch (event.type) {
    case 'OptedOut':
    case 'OptedIn': {
      const optedOut = event.type === 'OptedOut';
      const changedBy = optedOut === consent.optedOut ? consent.changedBy : messageId;
      return { optedOut, changedBy, newestAt: at, revision };
    }
    default:
      return assertNever(event);
  }
};

/** Below 0 where the wish is older than the newest one, above where it is newer. */
export const ageAgainst = (consent: Consent, at: Instant): number =>
  consent.newestAt === undefined ? 1 : epochMs(at) - epochMs(consent.newestAt);
