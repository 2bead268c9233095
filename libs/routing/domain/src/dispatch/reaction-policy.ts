import { assertNever } from '@claw/kernel';
import type { ReactionAnswer } from './carrier-answer';
import {
  afterFailure,
  awaitTarget,
  type DispatchContext,
  type DispatchFailure,
  type DispatchWait,
  failed,
} from './dispatch-policy';

/** What to do next with a reaction. */
export type ReactionStep = { readonly step: 'done' } | DispatchWait | DispatchFailure;

/**
 * Where the message is that a reaction is about: with the carrier, on its way to it, ended before it got there, known
 * to nobody, or maybe accepted and not in the ledger yet.
 */
export type ReactionTarget = 'there' | 'on_its_way' | 'ended' | 'unknown' | 'maybe_accepted';

/** Undefined where the reaction can be given. A message of another subaccount counts as unknown. */
export const beforeReaction = (
  target: ReactionTarget,
  context: DispatchContext,
): DispatchWait | DispatchFailure | undefined => {
  switch (target) {
    case 'there':
      return undefined;
    case 'on_its_way':
    case 'maybe_accepted':
      return awaitTarget(context);
    case 'ended':
      return failed('message_not_found', 'The message was never sent.');
    case 'unknown':
      return failed('message_not_found', 'Nobody knows this message.');
    default:
      return assertNever(target);
  }
};

/** What follows from the carrier's answer. Asking twice for a reaction shows it once, so that is safe. */
export const afterReaction = (answer: ReactionAnswer, context: DispatchContext): ReactionStep =>
  answer.kind === 'accepted' ? { step: 'done' } : afterFailure(answer, context);
