import type { Instant } from '@claw/kernel';
import { z } from 'zod';
import type { MessageRecord } from './message';
import { type ApiRefusal, UNSUPPORTED, refusal } from './refusal';

export const REACTION_TYPES = [
  'love',
  'like',
  'dislike',
  'laugh',
  'emphasize',
  'question',
  'custom',
  'sticker',
] as const;
export const ReactionType = z.enum(REACTION_TYPES);
export type ReactionType = z.infer<typeof ReactionType>;

/** What one person thinks of one part of a message: one reaction each, a new one takes the old one's place. */
export const ReactionRecord = z.object({
  handle: z.string(),
  part_index: z.number(),
  type: ReactionType,
  /** The emoji of a `custom` reaction. */
  custom_emoji: z.string().nullable(),
  at: z.string(),
});
export type ReactionRecord = z.infer<typeof ReactionRecord>;

export interface ReactCommand {
  readonly operation: 'add' | 'remove';
  readonly handle: string;
  readonly type: ReactionType;
  readonly custom_emoji: string | null;
  readonly part_index: number;
}

/** The message with the change, and what changed; without a change where all was so before. */
export interface Reacted {
  readonly message: MessageRecord;
  readonly change?: {
    readonly type: 'reaction.added' | 'reaction.removed';
    readonly reaction: ReactionRecord;
  };
}

const isSame = (a: ReactionRecord, b: ReactionRecord): boolean =>
  a.type === b.type && a.custom_emoji === b.custom_emoji;

export const react = (
  message: MessageRecord,
  { operation, ...wanted }: ReactCommand,
  now: Instant,
): Reacted | ApiRefusal => {
  if (message.service === 'SMS') return refusal(400, UNSUPPORTED, 'SMS knows no reactions');
  if (wanted.part_index >= message.parts.length)
    return refusal(400, 1005, 'part_index: the message has no such part');
  const reaction = { ...wanted, at: now };
  const before = message.reactions.find(
    ({ handle, part_index }) => handle === wanted.handle && part_index === wanted.part_index,
  );
  const others = message.reactions.filter((other) => other !== before);
  const isThere = before !== undefined && isSame(before, reaction);
  if (isThere === (operation === 'add')) return { message };
  const reactions = operation === 'add' ? [...others, reaction] : others;
  const type = operation === 'add' ? 'reaction.added' : 'reaction.removed';
  return { message: { ...message, reactions, updated_at: now }, change: { type, reaction } };
};
