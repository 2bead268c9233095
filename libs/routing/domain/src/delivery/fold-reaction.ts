import { epochMs, type Instant } from '@claw/kernel';

/** What a person shows under a part of a message, and since when. */
export interface ShownReaction<Type extends string> {
  /** Null where it was taken back. */
  readonly type: Type | null;
  readonly at: Instant;
}

/** Somebody puts a reaction on, in place of the one before, or takes it off. */
export interface ReactionChange<Type extends string> {
  readonly type: Type;
  readonly remove: boolean;
  readonly at: Instant;
}

/**
 * What is shown after a change, or undefined where it tells nothing new. Changes come late, twice and out of order; one
 * that is older than what is shown, or takes off what isn't shown any more, changes nothing.
 */
export const foldReaction = <Type extends string>(
  shown: ShownReaction<Type> | undefined,
  { type, remove, at }: ReactionChange<Type>,
): ShownReaction<Type> | undefined => {
  const next: ShownReaction<Type> = { type: remove ? null : type, at };
  if (shown === undefined) return next;
  if (epochMs(at) < epochMs(shown.at)) return undefined;
  return (shown.type === type) === remove ? next : undefined;
};
