import { assertNever, backoffMs, epochMs, type Instant } from '@claw/kernel';
import type { CarrierAnswer } from './carrier-answer';

/** How long after its acceptance a message is still tried; what isn't handed over by then has failed. */
export const dispatchPatienceMs = 24 * 60 * 60_000;
/** The longest wait that is granted to a carrier's Retry-After. */
export const longestRetryAfterMs = 60 * 60_000;
const firstRetryMs = 500;
const longestRetryMs = 60_000;
const holdMs = { first: 1_000, longest: 30_000 };

export type DispatchFailure =
  | 'carrier_rejected'
  | 'unavailable'
  | 'route_not_registered'
  | 'recipient_opted_out'
  | 'subaccount_suspended';

/** What to do next with a message. */
export type DispatchStep =
  | {
      readonly step: 'sent';
      readonly carrierMessageId: string;
      readonly carrierChatId: string;
      readonly service: string | null;
    }
  | { readonly step: 'wait'; readonly ms: number; readonly why: 'busy' | 'unknown' | 'suspended' }
  | { readonly step: 'fail'; readonly code: DispatchFailure; readonly reason: string };

/** What is known about a message besides what the carrier said. */
export interface DispatchContext {
  /** Attempts made so far, this one included; for a message that is held, times it was looked at. */
  readonly attempts: number;
  readonly acceptedAt: Instant;
  readonly now: Instant;
  /** From 0 to 1, so that many who wait together don't return together. */
  readonly random: () => number;
}

const isTooLate = ({ acceptedAt, now }: DispatchContext, waitMs = 0): boolean =>
  epochMs(now) + waitMs >= epochMs(acceptedAt) + dispatchPatienceMs;

const waitOr = (
  context: DispatchContext,
  ms: number,
  why: 'busy' | 'unknown' | 'suspended',
  failure: Extract<DispatchStep, { step: 'fail' }>,
): DispatchStep => (isTooLate(context, ms) ? failure : { step: 'wait', ms, why });

/**
 * What follows from the carrier's answer. An unknown outcome is settled by asking again with the same idempotency
 * key, which the carrier answers with the message it has, so nothing is sent twice.
 */
export const afterAnswer = (answer: CarrierAnswer, context: DispatchContext): DispatchStep => {
  const backoff = () => backoffMs(context.attempts, firstRetryMs, longestRetryMs, context.random);
  switch (answer.kind) {
    case 'accepted': {
      const { carrierMessageId, carrierChatId, service } = answer;
      return { step: 'sent', carrierMessageId, carrierChatId, service };
    }
    case 'refused':
      return { step: 'fail', code: 'carrier_rejected', reason: answer.reason };
    case 'busy':
      return waitOr(
        context,
        Math.max(backoff(), Math.min(answer.retryAfterMs ?? 0, longestRetryAfterMs)),
        'busy',
        failed('unavailable', 'The carrier did not take the message within 24 hours.'),
      );
    case 'unknown':
      return waitOr(
        context,
        backoff(),
        'unknown',
        failed('unavailable', 'The carrier did not confirm the message within 24 hours.'),
      );
    default:
      return assertNever(answer);
  }
};

/** What is true of a message's sender and recipient just before it is sent. */
export interface PreSendFacts {
  /** Whether the claim that allowed the message still holds. */
  readonly routeHeld: boolean;
  readonly optedOut: boolean;
  /** Whether the subaccount or its agency is suspended. */
  readonly suspended: boolean;
}

/** Looks again just before sending: undefined means go. */
export const beforeSend = (facts: PreSendFacts, context: DispatchContext): DispatchStep | undefined => {
  if (!facts.routeHeld) {
    return failed('route_not_registered', 'The phone number was released before the message could be sent.');
  }
  if (facts.optedOut) {
    return failed('recipient_opted_out', 'The recipient opted out before the message could be sent.');
  }
  if (facts.suspended) {
    return waitOr(
      context,
      backoffMs(context.attempts, holdMs.first, holdMs.longest, context.random),
      'suspended',
      failed('subaccount_suspended', 'The subaccount stayed suspended for 24 hours.'),
    );
  }
  return isTooLate(context)
    ? failed('unavailable', 'The message could not be sent within 24 hours.')
    : undefined;
};

const failed = (code: DispatchFailure, reason: string) => ({ step: 'fail', code, reason }) as const;
