import type { ReactionType } from '@claw/contracts';
import { epochMs, type Instant } from '@claw/kernel';

/** What a person shows under a part of a message, and since when. */
export interface ShownReaction {
  /** Null where it was taken back. */
  readonly type: ReactionType | null;
  readonly at: Instant;
}

/** Somebody puts a reaction on, in place of the one before, or takes it off. */
export interface ReactionChange {
  readonly type: ReactionType;
  readonly remove: boolean;
  readonly at: Instant;
}

/**
 * What is shown after a change, or undefined where it tells nothing new. Changes come late, twice and out of order; one
 * that is older than what is shown, or takes off what isn't shown any more, changes nothing.
 */
export const foldReaction = (
  shown: ShownReaction | undefined,
  { type, remove, at }: ReactionChange,
): ShownReaction | undefined => {
  const next: ShownReaction = { type: remove ? null : type, at };
  if (shown === undefined) return next;
  if (epochMs(at) < epochMs(shown.at)) return undefined;
  return (shown.type === type) === remove ? next : undefined;
};
