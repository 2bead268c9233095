import { randomUUID } from 'node:crypto';
import {
  buckets,
  type ChatEntry,
  chatEntrySchema,
  groupChatId,
  type MessageEntry,
  type PhoneNumber,
} from '@claw/contracts';
import { KvBucket } from '@claw/messaging';
import { standIn } from '@claw/routing-domain';
import { eventually, freePort } from '@claw/testing';
import { Inbound, received } from './testing/inbound.fixture';
import { RoutingWorld } from './testing/routing-world.fixture';
import { randomNumber, type TestAgency, type TestSubaccount } from './testing/tenants.fixture';

describe('a message in a group', () => {
  const world = new RoutingWorld();
  const inbound = new Inbound(world);
  beforeAll(async () => {
    await world.open();
    await world.startApp();
  }, 60_000);
  afterAll(() => world.close(), 60_000);

  interface Group {
    readonly agency: TestAgency;
    readonly id: string;
    readonly people: readonly PhoneNumber[];
  }
  const open = async (agency: TestAgency, ...people: readonly PhoneNumber[]): Promise<Group> => ({
    agency,
    people,
    id: await world.carrier.openChat(agency.sendingNumber, people),
  });
  const tell = async ({ agency, id }: Group, from: PhoneNumber, text: string, change: object = {}) => {
    const chat = { id, is_group: true, owner_handle: { handle: agency.sendingNumber } };
    await inbound.tell(received(from, agency.sendingNumber, text, { chat, ...change }));
  };
  const messageOf = async (subaccount: TestSubaccount, text: string): Promise<MessageEntry> =>
    eventually(
      async () => {
        const found = (await inbound.messagesOf(subaccount)).find((message) => message.text === text);
        if (found === undefined) throw new Error(`"${text}" isn’t there yet`);
        return found;
      },
      { withinMs: 10_000 },
    );
  const chatOf = async (chatId: string): Promise<ChatEntry | undefined> =>
    (await new KvBucket(world.link, buckets.chats.name, chatEntrySchema).get(chatId))?.value;
  const tenants = async () => {
    const agency = await world.tenants.agency();
    return { agency, one: await inbound.routed(agency), other: await inbound.routed(agency) };
  };

  it('reaches the one to whom its sender is routed, with all who are in it', async () => {
    const { agency, one } = await tenants();
    const nobodys = randomNumber();
    const group = await open(agency, nobodys, one.phone);
    const { subaccount, phone } = one;
    await tell(group, phone, 'Hello all');
    const chatId = groupChatId(subaccount.subaccountId, group.people);
    expect(await messageOf(subaccount, 'Hello all')).toMatchObject({
      chatId,
      from: phone,
      isGroup: true,
      participants: [nobodys, phone],
    });
    expect(await chatOf(chatId)).toEqual({
      subaccountId: subaccount.subaccountId,
      agencyId: agency.agencyId,
      participants: [nobodys, phone],
      sendingNumber: agency.sendingNumber,
      claimRevision: null,
      carrierChatId: group.id,
    });
  });

  it('stays with that one, whoever of the group writes next', async () => {
    const { agency, one, other } = await tenants();
    const group = await open(agency, one.phone, other.phone);
    await tell(group, one.phone, 'first');
    const { chatId } = await messageOf(one.subaccount, 'first');
    await tell(group, other.phone, 'second');
    expect((await messageOf(one.subaccount, 'second')).chatId).toBe(chatId);
    expect(await inbound.messagesOf(other.subaccount)).toEqual([]);
  });

  it('shows nobody the numbers of another subaccount’s customers', async () => {
    const { agency, one, other } = await tenants();
    const elsewhere = await inbound.routed();
    const nobodys = randomNumber();
    const group = await open(agency, one.phone, other.phone, elsewhere.phone, nobodys);
    await tell(group, one.phone, 'mine');
    await tell(group, other.phone, 'theirs');
    await tell(group, nobodys, 'nobody’s');
    const hidden = (number: PhoneNumber) => standIn(group.id, number);
    const participants = [one.phone, hidden(other.phone), hidden(elsewhere.phone), nobodys];
    expect(await messageOf(one.subaccount, 'mine')).toMatchObject({ from: one.phone, participants });
    expect(await messageOf(one.subaccount, 'theirs')).toMatchObject({
      from: hidden(other.phone),
      participants,
    });
    expect(await messageOf(one.subaccount, 'nobody’s')).toMatchObject({ from: nobodys, participants });
    const seen = JSON.stringify(await world.feed(one.subaccount));
    expect(seen).not.toContain(other.phone);
    expect(seen).not.toContain(elsewhere.phone);
  });

  it('reaches the first of the group who is routed where the sender isn’t', async () => {
    const { agency, one, other } = await tenants();
    const nobodys = randomNumber();
    const group = await open(agency, nobodys, other.phone, one.phone);
    await tell(group, nobodys, 'anybody?');
    await messageOf(other.subaccount, 'anybody?');
    expect(await inbound.messagesOf(one.subaccount)).toEqual([]);
  });

  it('reaches nobody where nobody in it is routed to a subaccount of the line’s agency', async () => {
    const { agency, one } = await tenants();
    const elsewhere = await inbound.routed();
    const group = await open(agency, randomNumber(), elsewhere.phone);
    await tell(group, elsewhere.phone, 'lost');
    const later = await open(agency, one.phone, randomNumber());
    await tell(later, one.phone, 'found');
    await messageOf(one.subaccount, 'found');
    await inbound.settleTold(elsewhere);
    expect(await inbound.textsOf(elsewhere.subaccount)).not.toContain('lost');
  });

  it('goes to another subaccount once the first holds none of its numbers, and late ones still to the first', async () => {
    const { agency, one, other } = await tenants();
    const group = await open(agency, one.phone, other.phone);
    await tell(group, one.phone, 'before');
    const before = await messageOf(one.subaccount, 'before');
    const then = new Date().toISOString();
    await inbound.release(one.subaccount, one.phone);
    await tell(group, other.phone, 'after');
    const after = await messageOf(other.subaccount, 'after');
    expect(after.chatId).toBe(groupChatId(other.subaccount.subaccountId, group.people));
    expect(await chatOf(before.chatId)).toMatchObject({ carrierChatId: null });
    expect(await chatOf(after.chatId)).toMatchObject({ carrierChatId: group.id });

    await world.carrier.participants(group.id, 'add', randomNumber());
    await eventually(async () => expect((await chatOf(after.chatId))?.participants).toHaveLength(3));

    await tell(group, one.phone, 'late', { sent_at: then });
    expect((await messageOf(one.subaccount, 'late')).chatId).toBe(before.chatId);
    expect(await chatOf(after.chatId)).toMatchObject({ carrierChatId: group.id });
    await tell(group, one.phone, 'and on');
    expect((await messageOf(other.subaccount, 'and on')).chatId).toBe(after.chatId);
    expect(await inbound.textsOf(one.subaccount)).toEqual(['before', 'late']);
  });

  it('stays with whom it went to first, though one for another from before that comes late', async () => {
    const { agency, one } = await tenants();
    const then = new Date().toISOString();
    const other = await inbound.routed(agency);
    const group = await open(agency, other.phone, one.phone);
    await tell(group, other.phone, 'first');
    const { chatId } = await messageOf(other.subaccount, 'first');
    await tell(group, one.phone, 'late', { sent_at: then });
    await messageOf(one.subaccount, 'late');
    expect(await chatOf(chatId)).toMatchObject({ carrierChatId: group.id });
    await tell(group, one.phone, 'second');
    await messageOf(other.subaccount, 'second');
  });

  it('passes over a subaccount that is closed', async () => {
    const { agency, one, other } = await tenants();
    const group = await open(agency, one.phone, other.phone);
    await world.tenants.setSubaccount(one.subaccount, 'closed');
    await tell(group, one.phone, 'who is left?');
    expect(await messageOf(other.subaccount, 'who is left?')).toMatchObject({ from: one.phone });
  });

  it('comes with its sender among the people, though the carrier didn’t say yet that they joined', async () => {
    const { agency, one } = await tenants();
    const [first, joined] = [randomNumber(), randomNumber()];
    const group = await open(agency, one.phone, first);
    await tell(group, one.phone, 'hi');
    const { chatId } = await messageOf(one.subaccount, 'hi');
    await tell(group, joined, 'me too');
    expect(await messageOf(one.subaccount, 'me too')).toMatchObject({
      chatId,
      participants: [one.phone, first, joined],
    });
    expect((await chatOf(chatId))?.participants).toEqual([one.phone, first, joined]);
  });

  it('comes once, in one chat, though two replicas are told of the group at the same moment', async () => {
    const { agency, one, other } = await tenants();
    const second = await world.startApp('routing-2', await freePort());
    try {
      const groups = await Promise.all(
        Array.from({ length: 8 }, () => open(agency, one.phone, other.phone, randomNumber())),
      );
      const texts = groups.flatMap((group) =>
        [one.phone, other.phone, one.phone, other.phone].map((from) => ({ group, from, text: randomUUID() })),
      );
      await Promise.all(texts.map(({ group, from, text }) => tell(group, from, text)));
      const seen = await eventually(
        async () => {
          const all = [
            ...(await inbound.messagesOf(one.subaccount)),
            ...(await inbound.messagesOf(other.subaccount)),
          ];
          expect(all).toHaveLength(texts.length);
          return all;
        },
        { withinMs: 20_000 },
      );
      for (const group of groups) {
        const own = texts.filter((each) => each.group === group).map(({ text }): string => text);
        expect(new Set(seen.filter(({ text }) => own.includes(text)).map(({ chatId }) => chatId)).size).toBe(
          1,
        );
      }
    } finally {
      await world.stopApp(second);
    }
  }, 60_000);

  it('stays in one chat while people come and go, and tells who is there', async () => {
    const { agency, one } = await tenants();
    const [first, joined] = [randomNumber(), randomNumber()];
    const to = agency.sendingNumber;
    const { chat_id } = await world.carrier.receive({
      from: one.phone,
      to,
      group: [first],
      text: 'two of us',
    });
    const { chatId, participants } = await messageOf(one.subaccount, 'two of us');
    expect(new Set(participants)).toEqual(new Set([one.phone, first]));
    const peopleIs = (...people: readonly PhoneNumber[]) =>
      eventually(async () => expect(new Set((await chatOf(chatId))?.participants)).toEqual(new Set(people)), {
        withinMs: 10_000,
      });
    await world.carrier.participants(chat_id, 'add', joined);
    await peopleIs(one.phone, first, joined);
    await world.carrier.participants(chat_id, 'leave', first);
    await peopleIs(one.phone, joined);
    await world.carrier.receive({ from: joined, chat_id, text: 'one gone' });
    const message = await messageOf(one.subaccount, 'one gone');
    expect(message.chatId).toBe(chatId);
    expect(new Set(message.participants)).toEqual(new Set([one.phone, joined]));
  });

  it('of a group whose people the carrier can’t tell now waits until it can', async () => {
    const { agency, one } = await tenants();
    const group = await open(agency, one.phone, randomNumber());
    await world.carrier.behave({ outage: true });
    await tell(group, one.phone, 'patience');
    await world.carrier.behave({ outage: false });
    expect((await messageOf(one.subaccount, 'patience')).participants).toHaveLength(2);
  });
});
