import { randomUUID } from 'node:crypto';
import {
  type AutomaticReply,
  automaticReplySchema,
  buckets,
  digitsOf,
  directChatId,
  eventStreams,
  keys,
  type OptoutEntry,
  optoutEntrySchema,
  type PhoneNumber,
  routingCalls,
  streams,
} from '@claw/contracts';
import { AggregateStore, EventStore } from '@claw/event-store';
import { instant } from '@claw/kernel';
import { KvBucket, ServiceClient } from '@claw/messaging';
import { evolveConsent, recordWish, unspoken } from '@claw/routing-domain';
import { eventually } from '@claw/testing';
import { Client } from 'pg';
import { consentCodec } from './consent/consent.codec';
import { replyId } from './consent/keyword-messages';
import { Inbound, received, type Routed } from './testing/inbound.fixture';
import { RoutingWorld, system, value } from './testing/routing-world.fixture';
import { randomNumber, type TestAgency } from './testing/tenants.fixture';

describe('a customer who texts a keyword', () => {
  const world = new RoutingWorld();
  const inbound = new Inbound(world);
  let store: EventStore;
  beforeAll(async () => {
    await world.open();
    await world.startApp();
    store = new EventStore({ url: world.eventStore.url });
  }, 60_000);
  afterAll(async () => {
    await store?.close();
    await world.close();
  }, 60_000);

  const optouts = () => new KvBucket<OptoutEntry>(world.link, buckets.optouts.name, optoutEntrySchema);
  const keyOf = ({ sendingNumber }: TestAgency, phone: PhoneNumber) =>
    keys.optout(digitsOf(sendingNumber), digitsOf(phone));
  const optedOut = async (agency: TestAgency, phone: PhoneNumber) =>
    (await optouts().get(keyOf(agency, phone)))?.value.optedOut;
  /** What a number is to be told by itself, in order. */
  const repliesTo = async (phone: PhoneNumber): Promise<readonly AutomaticReply[]> =>
    (await world.stored(streams.outbound.name, 'outbound.*.automatic'))
      .map((entry) => automaticReplySchema.parse(entry))
      .filter(({ to }) => to[0] === phone);
  const answersTo = async (phone: PhoneNumber) => (await repliesTo(phone)).map(({ answers }) => answers);
  const tell = (agency: TestAgency, phone: PhoneNumber, text: string, change: object = {}) =>
    inbound.tell(received(phone, agency.sendingNumber, text, change));
  const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();
  const settle = (one: Routed) => inbound.settleTold(one);
  /** Writes a wish to the log as a replica does that dies before it has done anything else about it. */
  const recordAndDie = (agency: TestAgency, phoneNumber: PhoneNumber, messageId: string) =>
    new AggregateStore(store, { codec: consentCodec, initial: unspoken, evolve: evolveConsent }).execute(
      eventStreams.consent(digitsOf(agency.sendingNumber), digitsOf(phoneNumber)),
      (consent) =>
        recordWish(consent, {
          wish: 'stop',
          sendingNumber: agency.sendingNumber,
          phoneNumber,
          messageId,
          at: instant(Date.now() - 1_000),
        }),
      { actor: { kind: 'system', id: 'routing' }, requestId: messageId },
    );

  it('opts out by STOP: the agent sees it, one confirmation goes out, and a repeat gets none', async () => {
    const one = await inbound.routed();
    const { subaccount, phone } = one;
    const stop = received(phone, subaccount.sendingNumber, ' Stop! ');
    await inbound.tell(stop);
    await eventually(async () => expect(await answersTo(phone)).toEqual(['stop']));
    expect(await optedOut(subaccount, phone)).toBe(true);
    expect((await repliesTo(phone))[0]).toMatchObject({
      agencyId: subaccount.agencyId,
      from: subaccount.sendingNumber,
      to: [phone],
      chatId: directChatId(subaccount.subaccountId, phone, 0),
      text: expect.stringContaining('opted out'),
    });
    await inbound.tell(stop);
    await tell(subaccount, phone, 'STOP');
    await tell(subaccount, phone, 'unsubscribe');
    await settle(one);
    expect(await answersTo(phone)).toEqual(['stop']);
    expect((await inbound.textsOf(subaccount)).slice(0, 3)).toEqual([' Stop! ', 'STOP', 'unsubscribe']);
  });

  it('opts in again by START, once', async () => {
    const one = await inbound.routed();
    const { subaccount, phone } = one;
    await tell(subaccount, phone, 'stop', { sent_at: secondsAgo(3) });
    await settle(one);
    await tell(subaccount, phone, 'start', { sent_at: secondsAgo(2) });
    await tell(subaccount, phone, 'start', { sent_at: secondsAgo(1) });
    await settle(one);
    expect(await answersTo(phone)).toEqual(['stop', 'start']);
    expect(await optedOut(subaccount, phone)).toBe(false);
  });

  it('changes nothing by YES or START who never opted out', async () => {
    const one = await inbound.routed();
    for (const text of ['Yes', 'START']) await tell(one.subaccount, one.phone, text);
    await settle(one);
    expect(await answersTo(one.phone)).toEqual([]);
    expect(await optedOut(one.subaccount, one.phone)).toBeUndefined();
  });

  it('gets the agency’s help text for HELP, each time', async () => {
    const agency = await world.tenants.agency({ helpText: 'Call Acme.' });
    const one = await inbound.routed(agency);
    for (const text of ['help', 'INFO']) await tell(agency, one.phone, text);
    await eventually(async () =>
      expect((await repliesTo(one.phone)).map(({ text }) => text)).toEqual(['Call Acme.', 'Call Acme.']),
    );
  });

  it('gets a text that names the agency for HELP where the agency has none of its own', async () => {
    const one = await inbound.routed(await world.tenants.agency({ name: 'Acme Realty' }));
    await tell(one.subaccount, one.phone, 'help');
    await eventually(async () =>
      expect((await repliesTo(one.phone))[0]?.text).toMatch(/^Acme Realty: .*STOP to opt out/),
    );
  });

  it('is heard though the number is routed to nobody', async () => {
    const agency = await world.tenants.agency();
    const phone = randomNumber();
    await tell(agency, phone, 'STOP');
    await eventually(async () => expect(await answersTo(phone)).toEqual(['stop']));
    expect(await optedOut(agency, phone)).toBe(true);
  });

  it('is heard by the agency whose number it was, though another agency has the route', async () => {
    const [one, other] = [await inbound.routed(), await inbound.routed()];
    await tell(other.subaccount, one.phone, 'STOP');
    await eventually(async () => expect(await answersTo(one.phone)).toEqual(['stop']));
    expect(await optedOut(other.subaccount, one.phone)).toBe(true);
    expect(await optedOut(one.subaccount, one.phone)).toBeUndefined();
    const [reply] = await repliesTo(one.phone);
    expect(reply?.from).toBe(other.subaccount.sendingNumber);
    expect(reply?.chatId).not.toBe(directChatId(one.subaccount.subaccountId, one.phone, 0));
    await settle(one);
    expect(await inbound.textsOf(one.subaccount)).not.toContain('STOP');
  });

  it('is heard in a group, and answered alone', async () => {
    const one = await inbound.routed();
    const { subaccount, phone } = one;
    const chat = { id: randomUUID(), is_group: true, owner_handle: { handle: subaccount.sendingNumber } };
    await tell(subaccount, phone, 'STOP', { chat });
    await eventually(async () => expect(await answersTo(phone)).toEqual(['stop']));
    expect((await repliesTo(phone))[0]).toMatchObject({
      to: [phone],
      chatId: directChatId(subaccount.subaccountId, phone, 0),
    });
  });

  it('is not taken at a word that is only part of a message, or stands under a picture', async () => {
    const one = await inbound.routed();
    const { subaccount, phone } = one;
    await tell(subaccount, phone, 'Please stop calling');
    const picture = { type: 'media', url: 'https://cdn.example.com/a.jpg', mime_type: 'image/jpeg' };
    await tell(subaccount, phone, '', { parts: [picture, { type: 'text', value: 'STOP' }] });
    await settle(one);
    expect(await answersTo(phone)).toEqual([]);
    expect(await optedOut(subaccount, phone)).toBeUndefined();
  });

  it('means what it last wished, though an older message comes later', async () => {
    const one = await inbound.routed();
    const { subaccount, phone } = one;
    await tell(subaccount, phone, 'stop', { sent_at: secondsAgo(30) });
    await settle(one);
    await tell(subaccount, phone, 'start', { sent_at: secondsAgo(10) });
    await settle(one);
    await tell(subaccount, phone, 'quit', { sent_at: secondsAgo(20) });
    await settle(one);
    expect(await optedOut(subaccount, phone)).toBe(false);
    expect(await answersTo(phone)).toEqual(['stop', 'start']);
  });

  it('can change its mind though its clock is ahead', async () => {
    const one = await inbound.routed();
    const { subaccount, phone } = one;
    await tell(subaccount, phone, 'stop', { sent_at: secondsAgo(-3_600) });
    await settle(one);
    await tell(subaccount, phone, 'start');
    await eventually(async () => expect(await optedOut(subaccount, phone)).toBe(false));
  });

  it('gets the confirmation that a crash cut off when the message comes again', async () => {
    const one = await inbound.routed();
    const { subaccount, phone } = one;
    const messageId = randomUUID();
    await recordAndDie(subaccount, phone, messageId);
    expect(await answersTo(phone)).toEqual([]);
    const again = { id: messageId, sent_at: secondsAgo(1) };
    await tell(subaccount, phone, 'STOP', again);
    await tell(subaccount, phone, 'STOP', again);
    await settle(one);
    expect(await answersTo(phone)).toEqual(['stop']);
    expect(await optedOut(subaccount, phone)).toBe(true);
  });

  it('gets no second reply where the ledger has the first, though the stream has forgotten it', async () => {
    const one = await inbound.routed();
    const { subaccount, phone } = one;
    const help = received(phone, subaccount.sendingNumber, 'HELP', { id: randomUUID() });
    const database = new Client({ connectionString: world.postgres.url });
    await database.connect();
    await database.query(
      `INSERT INTO routing.messages (message_id, direction, kind, agency_id, chat_id, sender, recipients, parts, text,
         status, accepted_at, partition, stream_seq)
       VALUES ($1, 'out', 'automatic', $2, $3, $4, $5, '[]', '', 'sent', now(), 0, 1)`,
      [replyId(help.data.id, 'help'), subaccount.agencyId, randomUUID(), subaccount.sendingNumber, [phone]],
    );
    await database.end();
    await inbound.tell(help);
    await settle(one);
    expect(await answersTo(phone)).toEqual([]);
  });

  it('stays opted out when its route goes to another subaccount: only its confirmation is sent', async () => {
    const agency = await world.tenants.agency();
    const one = await inbound.routed(agency);
    const later = await world.tenants.subaccount(agency);
    await tell(agency, one.phone, 'STOP');
    await eventually(async () => expect(await optedOut(agency, one.phone)).toBe(true));
    await inbound.release(one.subaccount, one.phone);
    await world.claim(later, [one.phone]);
    const messageId = await world.accept(later, one.phone, 'Hello again');
    await eventually(async () =>
      expect(await world.feed(later)).toContainEqual(
        expect.objectContaining({ messageId, status: 'failed', errorCode: 'recipient_opted_out' }),
      ),
    );
    expect(await optedOut(agency, one.phone)).toBe(true);
    // Of all that was to reach the phone only the one confirmation does.
    await eventually(async () =>
      expect((await world.carrier.phone(one.phone)).map(({ text }) => text)).toEqual([
        expect.stringContaining('You have opted out'),
      ]),
    );
  });

  it('is in the bucket soon though the replica that wrote it to the log died', async () => {
    const one = await inbound.routed();
    await recordAndDie(one.subaccount, one.phone, randomUUID());
    await eventually(async () => expect(await optedOut(one.subaccount, one.phone)).toBe(true), {
      withinMs: 10_000,
    });
  });

  it('is in the bucket again after a rebuild, and who isn’t in the log is gone from it', async () => {
    const one = await inbound.routed();
    const { subaccount, phone } = one;
    await tell(subaccount, phone, 'STOP');
    await eventually(async () => expect(await optedOut(subaccount, phone)).toBe(true));
    const stray = keyOf(subaccount, randomNumber());
    await optouts().delete(keyOf(subaccount, phone));
    await optouts().put(stray, { optedOut: true, revision: 0 });
    const calls = new ServiceClient(world.link);
    const rebuild = async () =>
      value(await calls.call(routingCalls.rebuild, { projection: 'optouts' }, system, { timeoutMs: 30_000 }));
    expect(await rebuild()).toMatchObject({ pruned: 1 });
    expect(await optedOut(subaccount, phone)).toBe(true);
    expect(await optouts().get(stray)).toBeUndefined();
  });
});
