import { randomUUID } from 'node:crypto';
import { type PhoneNumber, type ReactionEntry } from '@claw/contracts';
import { standIn } from '@claw/routing-domain';
import { eventually } from '@claw/testing';
import { carrierChatOf, eventOf, Inbound, received, type Routed } from './testing/inbound.fixture';
import { RoutingWorld } from './testing/routing-world.fixture';
import type { TestSubaccount } from './testing/tenants.fixture';

describe('a customer’s reaction', () => {
  const world = new RoutingWorld();
  const inbound = new Inbound(world);
  beforeAll(async () => {
    await world.open();
    await world.startApp();
  }, 60_000);
  afterAll(() => world.close(), 60_000);

  const reaction = (from: PhoneNumber, to: PhoneNumber, messageId: string, change: object = {}) =>
    eventOf('reaction.added', {
      is_from_me: false,
      reaction_type: 'love',
      chat_id: carrierChatOf(from, to),
      message_id: messageId,
      part_index: 0,
      from_handle: { handle: from },
      reacted_at: new Date().toISOString(),
      ...change,
    });
  const reactionsOf = async (subaccount: TestSubaccount): Promise<readonly ReactionEntry[]> =>
    (await world.feed(subaccount)).flatMap((entry) => (entry.type === 'reaction' ? [entry] : []));
  /** A message of the customer's that the agent has. */
  const messageOf = async ({ subaccount, phone }: Routed): Promise<string> => {
    const event = received(phone, subaccount.sendingNumber, 'hello');
    await inbound.tell(event);
    await eventually(async () =>
      expect((await inbound.messagesOf(subaccount)).map(({ messageId }) => messageId)).toContain(
        event.data.id,
      ),
    );
    return event.data.id;
  };

  it('to a message of the agent’s reaches it, by the agent’s id of the message', async () => {
    const { subaccount, phone } = await inbound.routed();
    const messageId = await world.accept(subaccount, phone, 'How was it?');
    const theirs = await eventually(async () => {
      const [sent] = await world.carrier.phone(phone);
      if (sent === undefined) throw new Error('not sent yet');
      return sent.message_id;
    });
    const event = reaction(phone, subaccount.sendingNumber, theirs);
    await inbound.tell(event);
    await eventually(
      async () =>
        expect(await reactionsOf(subaccount)).toEqual([
          expect.objectContaining({
            from: phone,
            messageId,
            reactionType: 'love',
            remove: false,
            timestamp: event.data.reacted_at,
          }),
        ]),
      { withinMs: 10_000 },
    );
  });

  it('reaches it once, however often it comes, and is taken back once', async () => {
    const one = await inbound.routed();
    const { subaccount, phone } = one;
    const messageId = await messageOf(one);
    const added = reaction(phone, subaccount.sendingNumber, messageId);
    await inbound.tell(added);
    await inbound.tell(added);
    await inbound.tell({ ...added, event_type: 'reaction.removed' });
    await inbound.tell({ ...added, event_type: 'reaction.removed' });
    await inbound.settleTold(one);
    expect((await reactionsOf(subaccount)).map(({ remove }) => remove)).toEqual([false, true]);
  });

  it('is not told where it is our own, or of a kind that agents have no name for', async () => {
    const one = await inbound.routed();
    const { subaccount, phone } = one;
    const messageId = await messageOf(one);
    for (const change of [{ is_from_me: true }, { reaction_type: 'custom' }, { reaction_type: 'sticker' }]) {
      await inbound.tell(reaction(phone, subaccount.sendingNumber, messageId, change));
    }
    await inbound.settleTold(one);
    expect(await reactionsOf(subaccount)).toEqual([]);
  });

  it('waits for a message that is known a moment later', async () => {
    const one = await inbound.routed();
    const { subaccount, phone } = one;
    const event = received(phone, subaccount.sendingNumber, 'late');
    const early = { chat_id: `another lane of ${phone}` };
    await inbound.tell(reaction(phone, subaccount.sendingNumber, event.data.id, early));
    await inbound.tell(event);
    await eventually(async () => expect(await reactionsOf(subaccount)).toHaveLength(1), {
      withinMs: 10_000,
    });
  });

  it('reaches nobody once its number is another subaccount’s', async () => {
    const agency = await world.tenants.agency();
    const one = await inbound.routed(agency);
    const later = await world.tenants.subaccount(agency);
    const messageId = await messageOf(one);
    const before = new Date().toISOString();
    await inbound.release(one.subaccount, one.phone);
    await world.claim(later, [one.phone]);
    const to = agency.sendingNumber;
    await inbound.tell(reaction(one.phone, to, messageId));
    await inbound.tell(reaction(one.phone, to, messageId, { reaction_type: 'like', reacted_at: before }));
    await inbound.settleTold({ subaccount: later, phone: one.phone });
    expect((await reactionsOf(one.subaccount)).map(({ reactionType }) => reactionType)).toEqual(['like']);
    expect(await reactionsOf(later)).toEqual([]);
  });

  it('in a group reaches the group’s own, which doesn’t see the number of another’s customer', async () => {
    const agency = await world.tenants.agency();
    const [one, other] = [await inbound.routed(agency), await inbound.routed(agency)];
    const to = agency.sendingNumber;
    const id = await world.carrier.openChat(to, [one.phone, other.phone]);
    const messageId = randomUUID();
    const chat = { id, is_group: true, owner_handle: { handle: to } };
    await inbound.tell(received(one.phone, to, 'hello all', { id: messageId, chat }));
    await inbound.tell(reaction(other.phone, to, messageId, { chat_id: id }));
    await eventually(
      async () =>
        expect(await reactionsOf(one.subaccount)).toMatchObject([
          { from: standIn(id, other.phone), messageId },
        ]),
      { withinMs: 10_000 },
    );
    expect(await reactionsOf(other.subaccount)).toEqual([]);
  });
});
