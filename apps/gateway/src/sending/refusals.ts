import type { PhoneNumber, SendRefused } from '@claw/contracts';
import type { Instant } from '@claw/kernel';

/** Why a send is refused: a `send.result` without its `type`, `id` and `ok`. */
export type Refusal = Omit<SendRefused, 'type' | 'id' | 'ok'>;

export const refusals = {
  invalidFrame: (why: string): Refusal => ({ errorCode: 'invalid_frame', error: why }),
  suspended: {
    errorCode: 'subaccount_suspended',
    error: 'This subaccount is suspended; its agency can tell why.',
  },
  routeNotRegistered: (number: PhoneNumber): Refusal => ({
    errorCode: 'route_not_registered',
    error: `${number} is not registered for this subaccount; register it with POST /api/routes.`,
    phone_numbers: [number],
  }),
  chatNotFound: { errorCode: 'chat_not_found', error: 'This subaccount has no such chat.' },
  optedOut: (number: PhoneNumber): Refusal => ({
    errorCode: 'recipient_opted_out',
    error: `${number} has opted out; it has to text START before it can be messaged again.`,
    phone_numbers: [number],
  }),
  rateLimited: (retryAfterMs: number): Refusal => ({
    errorCode: 'rate_limited',
    error: 'Too many sends; wait and try again.',
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
