import { type ReactionType, reactionTypeSchema } from '@claw/contracts';
import { epochMs, type Instant } from '@claw/kernel';
import type { ShownReaction } from '@claw/routing-domain';
import { z } from 'zod';
import type { ListedMessage } from '../inbound/carrier-events';
import type { ReactionPlace } from '../ledger/customer-reactions';
import { lastChange, type ListedIn, type MissedEvent } from './missed-events';

/** What a list shows may be so much older than what a webhook told, in milliseconds. */
const listLagMs = 5_000;

/** A customer's reaction that agents have a name for, as a list shows it. */
interface ListedReaction {
  readonly handle: string;
  readonly partIndex: number;
  readonly type: ReactionType;
}

const partSchema = z.looseObject({
  reactions: z.array(z.unknown()).nullish().catch(undefined),
});
const reactionSchema = z.looseObject({
  handle: z.looseObject({ handle: z.string() }),
  is_me: z.literal(false),
  type: reactionTypeSchema,
});

/**
 * The reactions to a listed message that were given or taken back and that no webhook told. Lists don't say when: that
 * is put no earlier than the message's last change.
 *
 * @param told what agents were told of the chat before it was listed: what is missing now was taken back since
 */
export const missedReactions = (
  message: ListedMessage,
  chat: ListedIn,
  told: readonly (ReactionPlace & ShownReaction<ReactionType>)[],
  now: Instant,
): readonly MissedEvent[] => {
  const listed = reactionsTo(message);
  const event = (what: 'added' | 'removed', reaction: ListedReaction, before?: ShownReaction<ReactionType>) =>
    reactionEvent(what, reaction, message, chat, timeOf(message, before, now));
  const toldOfIt = told.filter(({ carrierMessageId }) => carrierMessageId === message.id);
  const given = listed.flatMap((reaction) => {
    const before = toldOfIt.find((each) => isSamePlace(each, reaction));
    const isShown = listed.some((each) => isSamePlace(each, reaction) && each.type === before?.type);
    return isShown || isFresh(before, now) ? [] : [event('added', reaction, before)];
  });
  const takenBack = toldOfIt.flatMap((before) => {
    const { type, handle, partIndex } = before;
    const isListed = listed.some((each) => isSamePlace(each, before));
    return type === null || isListed || isFresh(before, now)
      ? []
      : [event('removed', { type, handle, partIndex }, before)];
  });
  return [...given, ...takenBack];
};

type Place = Pick<ReactionPlace, 'handle' | 'partIndex'>;
const isSamePlace = (one: Place, other: Place): boolean =>
  one.handle === other.handle && one.partIndex === other.partIndex;

/** Whether the list may not show yet what a webhook told. */
const isFresh = (told: ShownReaction<ReactionType> | undefined, now: Instant): boolean =>
  told !== undefined && epochMs(told.at) > epochMs(now) - listLagMs;

const reactionsTo = ({ parts }: ListedMessage): readonly ListedReaction[] =>
  (parts ?? []).flatMap((part, partIndex) =>
    (partSchema.safeParse(part).data?.reactions ?? []).flatMap((each) => {
      const reaction = reactionSchema.safeParse(each);
      if (!reaction.success) return [];
      const { handle, type } = reaction.data;
      return [{ handle: handle.handle, partIndex, type }];
    }),
  );

/** As the message's last change, unless something is known that is newer than that. */
const timeOf = (
  message: ListedMessage,
  told: ShownReaction<ReactionType> | undefined,
  now: Instant,
): Instant => {
  const changed = lastChange(message);
  return told !== undefined && epochMs(told.at) > epochMs(changed) ? now : changed;
};

const reactionEvent = (
  what: 'added' | 'removed',
  { handle, partIndex, type }: ListedReaction,
  message: ListedMessage,
  { id: chatId }: ListedIn,
  at: Instant,
): MissedEvent => ({
  id: ['listed', message.id, what, handle, partIndex, type, at].join('.'),
  type: `reaction.${what}`,
  body: {
    event_type: `reaction.${what}`,
    created_at: at,
    data: {
      is_from_me: false,
      reaction_type: type,
      chat_id: chatId,
      message_id: message.id,
      part_index: partIndex,
      from_handle: { handle },
      reacted_at: at,
    },
  },
});
