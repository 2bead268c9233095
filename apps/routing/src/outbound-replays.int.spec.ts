import { randomUUID } from 'node:crypto';
import { directChatId, type OutboundEntry, partitionOf, streams, subjects } from '@claw/contracts';
import { instant } from '@claw/kernel';
import { buryMessage, DeadLetters, JetStreamPublisher } from '@claw/messaging';
import { eventually } from '@claw/testing';
import { RoutingWorld } from './testing/routing-world.fixture';

const stream = streams.outbound.name;

describe('an entry of OUTBOUND that routing gave up on', () => {
  const world = new RoutingWorld();
  let letters: DeadLetters;
  let publisher: JetStreamPublisher;
  const start = () => Promise.all([world.startApp(), world.startApp('routing-2', world.port + 1)]);
  let apps: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    await world.open();
    apps = await start();
    letters = new DeadLetters(world.link);
    publisher = new JetStreamPublisher(world.link);
  }, 90_000);
  afterAll(() => world.close(), 60_000);

  const bodyIn = async (id: number) =>
    JSON.parse(Buffer.from((await letters.open(id))?.data ?? []).toString());
  const lettersAbout = async (note: string) => {
    const open = await letters.list();
    const bodies = await Promise.all(open.map(async (letter) => ({ letter, body: await bodyIn(letter.id) })));
    return bodies.filter(({ body }) => body.note === note).map(({ letter }) => letter);
  };
  const theLetterAbout = (note: string, after = 0) =>
    eventually(async () => {
      const [letter, ...others] = await lettersAbout(note);
      expect(others).toEqual([]);
      if (letter === undefined || letter.id <= after) throw new Error('there is no letter yet');
      return letter;
    });
  /** A subaccount with a number, whose chat is in an even or an odd partition: each replica has all of one kind. */
  const senderIn = async (parity: number) => {
    for (let tries = 0; tries < 100; tries += 1) {
      const sender = await world.sender();
      const chatId = directChatId(sender.subaccount.subaccountId, sender.phone, 0);
      if (partitionOf(chatId) % 2 === parity) return { ...sender, chatId };
    }
    throw new Error('no chat falls there');
  };
  /** A message that a routing which didn't know its form gave up on. */
  const misunderstood = async (text: string, parity: number) => {
    const { subaccount, phone, chatId } = await senderIn(parity);
    const entry: OutboundEntry & { note: string } = {
      kind: 'message',
      messageId: randomUUID(),
      chatId,
      agencyId: subaccount.agencyId,
      subaccountId: subaccount.subaccountId,
      clientId: null,
      from: subaccount.sendingNumber,
      to: [phone],
      claimRevision: 0,
      parts: [{ type: 'text', value: text }],
      service: null,
      effect: null,
      replyTo: null,
      acceptedAt: instant(Date.now()),
      note: text,
    };
    const subject = subjects.outbound(chatId, subaccount.subaccountId);
    await buryMessage(publisher, subjects.dead(stream), {
      stream,
      consumer: 'intake',
      message: {
        subject,
        sequence: 1,
        storedAt: instant(Date.now()),
        data: Buffer.from(JSON.stringify(entry)),
        headers: undefined,
      },
      reason: 'not an outbound entry',
      attempts: 1,
      id: text,
    });
    return { subaccount, phone, letter: await theLetterAbout(text) };
  };
  const textsOn = async (phone: Parameters<typeof world.carrier.phone>[0]) =>
    (await world.carrier.phone(phone)).map(({ text }) => text);

  it('is sent once when it is replayed, whichever replica owns its partition', async () => {
    const all = await Promise.all([0, 1, 0, 1].map((parity, n) => misunderstood(`late ${n}`, parity)));
    for (const { letter } of all) expect(await letters.replay(letter.id)).toBe('replayed');
    await eventually(
      async () =>
        expect(await Promise.all(all.map(({ phone }) => textsOn(phone)))).toEqual(
          all.map((_, n) => [`late ${n}`]),
        ),
      { withinMs: 20_000 },
    );
    for (const { subaccount, phone } of all) await world.accept(subaccount, phone, 'next');
    await eventually(
      async () =>
        expect(await Promise.all(all.map(({ phone }) => textsOn(phone)))).toEqual(
          all.map((_, n) => [`late ${n}`, 'next']),
        ),
      { withinMs: 20_000 },
    );
  }, 60_000);

  it('waits, replayed, while no replica is there', async () => {
    const { phone, letter } = await misunderstood('waits', 0);
    await Promise.all(apps.map((app) => world.stopApp(app)));
    expect(await letters.replay(letter.id)).toBe('replayed');
    expect(await textsOn(phone)).toEqual([]);
    apps = await start();
    await eventually(async () => expect(await textsOn(phone)).toEqual(['waits']), { withinMs: 20_000 });
  }, 60_000);

  it('is a letter again where it still can’t be read, and holds nothing up', async () => {
    const { subaccount, phone } = await world.sender();
    const note = randomUUID();
    const chatId = directChatId(subaccount.subaccountId, phone, 0);
    await publisher.publish(subjects.outbound(chatId, subaccount.subaccountId), { note });
    const first = await theLetterAbout(note);
    expect(first).toMatchObject({ stream, consumer: 'intake', reason: 'not an outbound entry', attempts: 1 });
    expect(await letters.replay(first.id)).toBe('replayed');
    const second = await theLetterAbout(note, first.id);
    const { consumer, sequence, subject } = second;
    expect({ consumer, sequence, subject }).toEqual({
      consumer: 'intake',
      sequence: first.sequence,
      subject: first.subject,
    });
    await world.accept(subaccount, phone, 'goes on');
    await eventually(async () => expect(await textsOn(phone)).toEqual(['goes on']), { withinMs: 10_000 });
  });
});
