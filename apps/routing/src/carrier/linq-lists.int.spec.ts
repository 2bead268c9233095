import { type Instant, instant, plusMs } from '@claw/kernel';
import type { CarrierMessage } from '../dispatch/carrier';
import { randomNumber } from '../testing/tenants.fixture';
import { LinqServer, refusal } from './linq-server.fixture';

const accepted = instant('2030-01-01T12:00:00Z');
const [line, ann, bob] = [randomNumber(), randomNumber(), randomNumber()];
const message: CarrierMessage = {
  messageId: 'ours',
  from: line,
  to: [ann],
  parts: [{ type: 'text', value: 'hello' }],
  service: null,
  effect: null,
  replyTo: null,
  carrierChatId: 'their-chat',
};

/** A message as Linq lists it. */
const listed = (id: string, at: Instant, change: object = {}) => ({
  id,
  chat_id: 'their-chat',
  created_at: at,
  is_from_me: true,
  delivery_status: 'sent',
  service: 'SMS',
  parts: [{ type: 'text', value: 'hello' }],
  ...change,
});
const messages = (list: readonly object[], next: string | null = null) => ({
  status: 200,
  body: { messages: list, next_cursor: next },
});
const chats = (...list: readonly (readonly [string, readonly string[]])[]) => ({
  status: 200,
  body: {
    chats: list.map(([id, people]) => ({ id, handles: people.map((handle) => ({ handle })) })),
    next_cursor: null,
  },
});
const later = (seconds: number) => plusMs(accepted, seconds * 1_000);

describe('looking a message up at Linq', () => {
  const linq = new LinqServer();
  beforeAll(() => linq.open());
  beforeEach(() => linq.reset());
  afterAll(() => linq.close());

  const found = async (change: Partial<CarrierMessage> = {}) =>
    (await linq.carrier().sentLike({ ...message, ...change }, accepted))?.map(
      (each) => each.carrierMessageId,
    );

  it('finds what was sent since and says the same, oldest first', async () => {
    linq.replies = [
      messages([
        listed('second', later(2)),
        listed('other words', later(2), { parts: [{ type: 'text', value: 'bye' }] }),
        listed('a customer’s', later(2), { is_from_me: false }),
        listed('failed', later(2), { delivery_status: 'failed' }),
        listed('first', later(1)),
        listed('too old', later(-120)),
      ]),
    ];
    expect(await linq.carrier().sentLike(message, accepted)).toEqual([
      { carrierMessageId: 'first', carrierChatId: 'their-chat', service: 'SMS' },
      { carrierMessageId: 'second', carrierChatId: 'their-chat', service: 'SMS' },
    ]);
  });

  it('knows a message with pictures again, though they lie elsewhere by then', async () => {
    const parts = [{ type: 'media', url: 'https://example.com/a.png' }] as const;
    linq.replies = [
      messages([listed('theirs', later(1), { parts: [{ type: 'media', url: 'https://cdn.example/1' }] })]),
    ];
    expect(await found({ parts })).toEqual(['theirs']);
  });

  it.each([
    ['newest first, no further than it has to', [later(1), later(-120)], false],
    ['oldest first, to the end', [later(-240), later(-120)], true],
  ])('reads a list that comes %s', async (_, [first, last], reads) => {
    linq.replies = [
      messages([listed('a', first as Instant), listed('b', last as Instant)], 'next'),
      messages([listed('c', later(2))]),
    ];
    expect((await found())?.includes('c')).toBe(reads);
  });

  it('looks in the chat of these very people where it isn’t known', async () => {
    linq.replies = [
      chats(['group', [line, ann, bob]], ['direct', [line, ann]]),
      messages([listed('theirs', later(1))]),
    ];
    expect(await found({ carrierChatId: null })).toEqual(['theirs']);
    expect(linq.seen.map(({ path }) => path.split('?')[0])).toEqual([
      '/v3/chats',
      '/v3/chats/direct/messages',
    ]);
  });

  it('finds nothing where there is no such chat', async () => {
    linq.replies = [refusal(404, 2001), chats()];
    expect(await found()).toEqual([]);
  });

  it.each([refusal(500, 3001), refusal(429, 1007), 'hang', 'cut'] as const)(
    'can’t tell where the list doesn’t come (%#)',
    async (reply) => {
      linq.replies = [reply];
      expect(await found()).toBeUndefined();
    },
  );

  it('can’t tell where the list doesn’t end', async () => {
    linq.otherwise = messages([listed('a', later(1), { is_from_me: false })], 'next');
    expect(await found()).toBeUndefined();
  });

  it('knows the chat of a group by who is in it now', async () => {
    const left = { handle: randomNumber(), status: 'left' };
    const handles = [line, bob, ann].map((handle) => ({ handle, status: 'active' }));
    linq.replies = [
      { status: 200, body: { chats: [{ id: 'group', handles: [...handles, left] }], next_cursor: null } },
    ];
    expect(await linq.carrier().chatOf(line, [ann, bob])).toBe('group');
  });
});
