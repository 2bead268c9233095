import { e164Schema, type ReactionType } from '@claw/contracts';
import { type Instant, instant, plusMs } from '@claw/kernel';
import type { ShownReaction } from '@claw/routing-domain';
import { carrierEventSchema, carrierReactionSchema, listedMessageSchema } from '../inbound/carrier-events';
import type { ReactionPlace } from '../ledger/customer-reactions';
import { missedReactions } from './missed-reactions';

const made = instant('2030-01-01T12:00:00Z');
const later = (seconds: number): Instant => plusMs(made, seconds * 1_000);
const now = later(60);
const [ann, bob] = ['+12125550100', '+12125550101'];
const chat = { id: 'chat', isGroup: false, line: e164Schema.parse('+15005550000') };

const by = (handle: string, type: string, is_me = false) => ({ handle: { handle }, type, is_me });
/** A message of two parts; the last change to it was ten seconds after it was made. */
const listed = (first: readonly object[] | null, second: readonly object[] | null = null) =>
  listedMessageSchema.parse({
    id: 'm',
    is_from_me: true,
    delivery_status: 'read',
    parts: [
      { type: 'text', value: 'hello', reactions: first },
      { type: 'text', value: 'again', reactions: second },
    ],
    created_at: made,
    updated_at: later(10),
  });
const told = (
  handle: string,
  type: ShownReaction<ReactionType>['type'],
  change: object = {},
): ReactionPlace & ShownReaction<ReactionType> => ({
  carrierChatId: 'chat',
  carrierMessageId: 'm',
  partIndex: 0,
  handle,
  type: type,
  at: later(5),
  ...change,
});
const missed = (
  ...args: readonly [ReturnType<typeof listed>, ...(ReactionPlace & ShownReaction<ReactionType>)[]]
) => {
  const [message, ...known] = args;
  return missedReactions(message, chat, known, now).map(({ body }) => {
    const { event_type, data } = carrierEventSchema.parse(body);
    const { from_handle, reaction_type, part_index, reacted_at } = carrierReactionSchema.parse(data);
    return [event_type, from_handle?.handle, reaction_type, part_index, reacted_at];
  });
};

describe('the reactions that a listed message shows and no webhook told', () => {
  it('are those that were given since, as of the message’s last change', () => {
    expect(missed(listed([by(ann, 'love')], [by(bob, 'like')]), told(ann, 'love'))).toEqual([
      ['reaction.added', bob, 'like', 1, later(10)],
    ]);
  });

  it('are those that took another’s place, but not the one that made room', () => {
    expect(missed(listed([by(ann, 'like')]), told(ann, 'love'))).toEqual([
      ['reaction.added', ann, 'like', 0, later(10)],
    ]);
  });

  it('are those that were taken back', () => {
    expect(missed(listed(null), told(ann, 'love'), told(bob, null))).toEqual([
      ['reaction.removed', ann, 'love', 0, later(10)],
    ]);
  });

  it('count from now where something newer than the message’s last change is known', () => {
    expect(missed(listed(null), told(ann, 'love', { at: later(20) }))).toEqual([
      ['reaction.removed', ann, 'love', 0, now],
    ]);
  });

  it('are none of our own, none without a name, and none to another message', () => {
    expect(missed(listed([by(ann, 'love', true), by(ann, 'custom')]))).toEqual([]);
    expect(missed(listed(null), told(ann, 'love', { carrierMessageId: 'another' }))).toEqual([]);
  });

  it('are none where a list may lag behind what was just told', () => {
    const justNow = { at: later(59) };
    expect(missed(listed(null), told(ann, 'love', justNow))).toEqual([]);
    expect(missed(listed([by(ann, 'love')]), told(ann, 'like', justNow))).toEqual([]);
  });

  it('are none where one of several by the same person is told', () => {
    expect(missed(listed([by(ann, 'like'), by(ann, 'love')]), told(ann, 'love'))).toEqual([]);
  });
});
