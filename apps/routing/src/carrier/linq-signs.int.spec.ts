import { LinqServer, refusal } from './linq-server.fixture';

describe('reactions and signs of life at Linq', () => {
  const linq = new LinqServer();
  beforeAll(() => linq.open());
  beforeEach(() => {
    linq.reset();
    linq.otherwise = { status: 204 };
  });
  afterAll(() => linq.close());

  it.each([
    [false, 'add'],
    [true, 'remove'],
  ])('reacts to a message (removing: %s)', async (remove, operation) => {
    linq.replies = [{ status: 202, body: { status: 'accepted' } }];
    const reaction = { carrierMessageId: 'theirs', type: 'love', remove } as const;
    expect(await linq.carrier().react(reaction)).toEqual({ kind: 'accepted' });
    expect(linq.seen).toEqual([
      { method: 'POST', path: '/v3/messages/theirs/reactions', body: { operation, type: 'love' } },
    ]);
  });

  it.each([
    [404, 2002, { kind: 'refused', carrierCode: 2002 }],
    [409, 2017, { kind: 'refused', carrierCode: 2017 }],
    [429, 1007, { kind: 'busy' }],
    [500, 3001, { kind: 'unknown' }],
  ])('takes %i, code %i, for what it is', async (status, code, answer) => {
    linq.replies = [refusal(status, code)];
    const reaction = { carrierMessageId: 'theirs', type: 'like', remove: false } as const;
    expect(await linq.carrier().react(reaction)).toMatchObject(answer);
  });

  it.each([
    ['typing.start', 'POST', '/v3/chats/theirs/typing'],
    ['typing.stop', 'DELETE', '/v3/chats/theirs/typing'],
    ['read', 'POST', '/v3/chats/theirs/read'],
  ] as const)('gives %s', async (signal, method, path) => {
    expect(await linq.carrier().signal('theirs', signal)).toBe(true);
    expect(linq.seen).toMatchObject([{ method, path }]);
  });

  it.each([refusal(403, 2005), 'hang', 'cut'] as const)('says that a sign wasn’t given', async (reply) => {
    linq.replies = [reply];
    expect(await linq.carrier().signal('theirs', 'typing.start')).toBe(false);
    expect(linq.seen).toHaveLength(1);
  });
});
