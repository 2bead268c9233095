import { randomUUID } from 'node:crypto';
import { digitsOf, inboundNoticeSchema, type PhoneNumber, streams, subjects } from '@claw/contracts';
import { type Instant, instant, systemClock } from '@claw/kernel';
import { silentLog } from '@claw/messaging';
import type { ServiceApp } from '@claw/service';
import { eventually } from '@claw/testing';
import { Database } from '../database/database';
import { LinqServer } from '../carrier/linq-server.fixture';
import { NoticeIntake } from '../inbound/notice-intake';
import { CarrierRecord } from '../ledger/carrier-record';
import { CustomerReactions } from '../ledger/customer-reactions';
import { RoutingWorld } from '../testing/routing-world.fixture';
import { randomNumber } from '../testing/tenants.fixture';
import { BackfillCheckpoints } from './backfill-checkpoints';
import { NumberBackfill } from './number-backfill';

const minutesAgo = (minutes: number): Instant => instant(Date.now() - minutes * 60_000);

describe('the look through one sending number’s lists', () => {
  const world = new RoutingWorld();
  const linq = new LinqServer();
  let routing: ServiceApp;
  let checkpoints: BackfillCheckpoints;
  beforeAll(async () => {
    await world.open();
    routing = await world.startApp();
    checkpoints = new BackfillCheckpoints(world.link);
    await linq.open();
  }, 60_000);
  beforeEach(() => linq.reset());
  afterAll(async () => {
    linq.close();
    await world.close();
  }, 60_000);

  /** As a replica has it that has just begun: all it knows is what is kept. */
  const fresh = (line: PhoneNumber): NumberBackfill =>
    new NumberBackfill(line, {
      history: linq.history(),
      record: routing.app.get(CarrierRecord),
      reactions: routing.app.get(CustomerReactions),
      intake: routing.app.get(NoticeIntake),
      checkpoints,
      clock: systemClock,
      log: silentLog,
    });
  const round = (line: PhoneNumber) => fresh(line).round(new AbortController().signal);
  const chats = (...list: readonly (readonly [string, Instant])[]) => ({
    status: 200,
    body: {
      chats: list.map(([id, updated_at]) => ({ id, is_group: false, updated_at })),
      next_cursor: null,
    },
  });
  const messages = (id: string, at: Instant, change: object = {}) => ({
    status: 200,
    body: {
      messages: [
        {
          id,
          is_from_me: false,
          delivery_status: 'received',
          from_handle: { handle: randomNumber() },
          parts: [{ type: 'text', value: id }],
          service: 'SMS',
          created_at: at,
          ...change,
        },
      ],
      next_cursor: null,
    },
  });
  const asked = () => linq.seen.map(({ path }) => path.split('?')[0]);
  /** What was taken in of a sending number, each by the id of its message. */
  const takenIn = async (line: PhoneNumber): Promise<readonly unknown[]> => {
    const notices = await world.stored(streams.inbound.name, subjects.inbound(digitsOf(line)));
    return notices.map((notice) => {
      const { body } = inboundNoticeSchema.parse(notice);
      return (body as { data: { id: string } }).data.id;
    });
  };
  const [one, other] = ['/v3/chats/one/messages', '/v3/chats/other/messages'];

  it('begins a day back, and goes on a little before where the last one ended', async () => {
    const line = randomNumber();
    const [id] = [randomUUID()];
    linq.replies = [chats(['one', minutesAgo(600)]), messages(id, minutesAgo(600))];
    const beganAt = systemClock.now();
    expect(await round(line)).toBe('done');
    expect(await checkpoints.load(line)).toEqual(expect.any(String));
    expect((await checkpoints.load(line))! >= beganAt).toBe(true);
    linq.reset();
    linq.replies = [
      chats(['other', minutesAgo(4)], ['one', minutesAgo(600)]),
      messages(randomUUID(), minutesAgo(4)),
    ];
    expect(await round(line)).toBe('done');
    expect(asked()).toEqual(['/v3/chats', other]);
    expect(await takenIn(line)).toHaveLength(2);
  });

  // Seen red with the checkpoint saved as the round begins: then the second chat is never read.
  it('goes on with what it hadn’t read when it was cut off, and takes nothing in twice', async () => {
    const line = randomNumber();
    const [first, second] = [randomUUID(), randomUUID()];
    const [early, late] = [minutesAgo(20), minutesAgo(10)];
    const list = chats(['other', late], ['one', early]);
    linq.replies = [list, messages(first, early), 'cut'];
    await expect(round(line)).rejects.toThrow('carrier is unavailable');
    expect(await checkpoints.load(line)).toBe(early);
    expect(await takenIn(line)).toEqual([first]);
    linq.reset();
    linq.replies = [list, messages(first, early), messages(second, late)];
    expect(await round(line)).toBe('done');
    expect(asked()).toEqual(['/v3/chats', one, other]);
    expect(await takenIn(line)).toEqual([first, second]);
  });

  it('keeps its place where the lists don’t come at all', async () => {
    const line = randomNumber();
    const place = minutesAgo(90);
    await checkpoints.save(line, place);
    for (const reply of ['hang', { status: 429, headers: { 'retry-after': '7' } }] as const) {
      linq.replies = [reply];
      await expect(round(line)).rejects.toThrow('carrier is unavailable');
    }
    expect(await checkpoints.load(line)).toBe(place);
  });

  it('forgets a chat that the carrier doesn’t know any more', async () => {
    const line = randomNumber();
    linq.replies = [
      chats(['one', minutesAgo(2)], ['other', minutesAgo(1)]),
      { status: 404, body: { success: false, error: { status: 404, code: 2001, message: 'no such chat' } } },
      messages(randomUUID(), minutesAgo(1)),
    ];
    expect(await round(line)).toBe('done');
    expect(await takenIn(line)).toHaveLength(1);
  });

  it('leaves out what doesn’t look as documented, and takes in the rest', async () => {
    const line = randomNumber();
    const id = randomUUID();
    const odd = messages(randomUUID(), minutesAgo(1), { created_at: 'yesterday' });
    const fine = messages(id, minutesAgo(1));
    const all = [...odd.body.messages, ...fine.body.messages];
    linq.replies = [
      chats(['one', minutesAgo(1)]),
      { status: 200, body: { messages: all, next_cursor: null } },
    ];
    expect(await round(line)).toBe('done');
    expect(await takenIn(line)).toEqual([id]);
  });

  it('takes in what no store could keep as it is', async () => {
    const line = randomNumber();
    const parts = [{ type: 'text', value: 'a\0b' }];
    linq.replies = [chats(['one', minutesAgo(1)]), messages(randomUUID(), minutesAgo(1), { parts })];
    await round(line);
    const [notice] = await world.stored(streams.inbound.name, subjects.inbound(digitsOf(line)));
    expect(JSON.stringify(notice)).toContain('a\uFFFDb');
  });

  it('doesn’t read a chat again in which nothing has happened for a while', async () => {
    const line = randomNumber();
    const backfill = fresh(line);
    const list = chats(['other', minutesAgo(0)], ['one', minutesAgo(1)]);
    const read = () => [list, messages('a', minutesAgo(1)), messages('b', minutesAgo(0))];
    linq.replies = read();
    await backfill.round(new AbortController().signal);
    linq.reset();
    linq.replies = read().slice(0, 2);
    await backfill.round(new AbortController().signal);
    expect(asked()).toEqual(['/v3/chats', other]);
  });

  // Seen red without the look at the ledger: the list of chats doesn’t show that a message arrived.
  it('looks up a message that hasn’t arrived though nothing happened in its chat', async () => {
    const { subaccount, phone } = await world.sender();
    const line = subaccount.sendingNumber;
    await world.carrier.behave({ handle: line, lose_webhooks: true });
    const messageId = await world.accept(subaccount, phone, 'hello');
    const sent = await eventually(async () => {
      const [got] = await world.carrier.phone(phone);
      expect(got?.message_id).toEqual(expect.any(String));
      return got;
    });
    const age = (seconds: number) =>
      routing.app
        .get(Database)
        .run((sql) =>
          sql.query(
            `UPDATE messages SET dispatched_at = now() - $2 * interval '1 second' WHERE message_id = $1`,
            [messageId, seconds],
          ),
        );
    await eventually(async () => expect(await world.feed(subaccount)).toEqual([]));
    const path = `/v3/chats/${sent?.chat_id}/messages`;
    const delivered = messages(sent?.message_id ?? '', minutesAgo(3), {
      is_from_me: true,
      delivery_status: 'delivered',
      sent_at: minutesAgo(3),
      delivered_at: minutesAgo(1),
    });
    for (const [seconds, looked] of [
      [110, false],
      [130, true],
    ] as const) {
      await age(seconds);
      await checkpoints.save(line, minutesAgo(0.5));
      linq.reset();
      linq.replies = [chats(), delivered];
      expect(await round(line)).toBe('done');
      expect(asked().includes(path)).toBe(looked);
    }
    await eventually(async () =>
      expect(await world.statesOf(subaccount, messageId)).toEqual(['sent', 'delivered']),
    );
  });
});
