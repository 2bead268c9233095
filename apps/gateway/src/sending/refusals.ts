import type { PhoneNumber, SendRefused } from '@claw/contracts';
import type { Instant } from '@claw/kernel';

/** Why a send is refused: a `send.result` without its `type`, `id` and `ok`. */
export type Refusal = Omit<SendRefused, 'type' | 'id' | 'ok'>;

const listed = (numbers: readonly PhoneNumber[]): string =>
  `${numbers.join(', ')} ${numbers.length === 1 ? 'is' : 'are'}`;

export const refusals = {
  invalidFrame: (why: string): Refusal => ({ errorCode: 'invalid_frame', error: why }),
  suspended: {
    errorCode: 'subaccount_suspended',
    error: 'This subaccount is suspended; its agency can tell why.',
  },
  routeNotRegistered: (numbers: readonly PhoneNumber[]): Refusal => ({
    errorCode: 'route_not_registered',
    error: `${listed(numbers)} not registered for this subaccount; register with POST /api/routes.`,
    phone_numbers: [...numbers],
  }),
  chatNotFound: { errorCode: 'chat_not_found', error: 'This subaccount has no such chat.' },
  /** None where those who have are nobody's to name. */
  optedOut: (numbers: readonly PhoneNumber[]): Refusal => ({
    errorCode: 'recipient_opted_out',
    error: `${numbers.length === 0 ? 'Somebody in the group' : numbers.join(', ')} opted out and has to text START before being messaged again.`,
    phone_numbers: [...numbers],
  }),
  newRecipientLimit: (retryAfterMs: number): Refusal => ({
    errorCode: 'new_recipient_limit',
    error: 'Too many new recipients today; those known already can be messaged.',
    retry_after_ms: retryAfterMs,
  }),
  noGroups: (what: string): Refusal => ({
    errorCode: 'invalid_frame',
    error: `Groups have no ${what}.`,
  }),
  rateLimited: (retryAfterMs: number): Refusal => ({
    errorCode: 'rate_limited',
    error: 'Too many sends; wait and try again.',
    retry_after_ms: retryAfterMs,
  }),
  tooManyFrames: (retryAfterMs: number): Refusal => ({
    errorCode: 'rate_limited',
    error: `Too many frames; wait ${retryAfterMs} ms.`,
    retry_after_ms: retryAfterMs,
  }),
  messageLimitReached: (resetsAt: Instant): Refusal => ({
    errorCode: 'message_limit_reached',
    error: `The message limit of this month is reached; it starts anew at ${resetsAt}.`,
    resets_at: resetsAt,
  }),
  idempotencyConflict: {
    errorCode: 'idempotency_conflict',
    error: 'This idempotencyKey was used for another message.',
  },
  unavailable: {
    errorCode: 'unavailable',
    error: 'The message could not be stored in time; send it again with the same id.',
    retry_after_ms: 1_000,
  },
} as const satisfies Record<string, Refusal | ((...details: never[]) => Refusal)>;
