import { freePort } from '@claw/testing';
import type { CarrierMessage } from '../dispatch/carrier';
import { randomNumber } from '../testing/tenants.fixture';
import { LinqServer, refusal, type Reply } from './linq-server.fixture';

const sent = { id: 'their-message', service: 'iMessage' };
const opened: Reply = { status: 201, body: { chat: { id: 'their-chat', message: sent } } };

describe('the way to Linq', () => {
  const linq = new LinqServer();
  beforeAll(() => linq.open());
  beforeEach(() => {
    linq.reset();
    linq.otherwise = opened;
  });
  afterAll(() => linq.close());

  const message = (change: Partial<CarrierMessage> = {}): CarrierMessage => ({
    messageId: 'our-message',
    from: randomNumber(),
    to: [randomNumber()],
    parts: [{ type: 'text', value: 'hello' }],
    service: null,
    effect: null,
    replyTo: null,
    carrierChatId: null,
    ...change,
  });
  const send = (change: Partial<CarrierMessage> = {}, at?: number) => linq.carrier(at).send(message(change));
  /** What Linq was told to send. */
  const content = async (change: Partial<CarrierMessage>): Promise<unknown> => {
    await send(change);
    return (linq.seen[0]?.body as { readonly message: unknown }).message;
  };

  it('opens a chat with the first message', async () => {
    expect(await send()).toEqual({
      kind: 'accepted',
      carrierChatId: 'their-chat',
      carrierMessageId: 'their-message',
      service: 'iMessage',
    });
    expect(linq.seen).toMatchObject([
      { path: '/v3/chats', body: { message: { idempotency_key: 'our-message' } } },
    ]);
  });

  it('opens a group with several people', async () => {
    const to = [randomNumber(), randomNumber()];
    await send({ to });
    expect(linq.seen).toMatchObject([{ path: '/v3/chats', body: { to } }]);
  });

  it('sends the next ones into that chat', async () => {
    linq.replies = [{ status: 201, body: { chat_id: 'their-chat', message: sent } }];
    expect(await send({ carrierChatId: 'their-chat' })).toMatchObject({
      kind: 'accepted',
      carrierMessageId: 'their-message',
    });
    expect(linq.seen).toMatchObject([{ path: '/v3/chats/their-chat/messages' }]);
  });

  it('opens a chat anew that is forgotten there', async () => {
    linq.replies = [refusal(404, 2001), opened];
    expect(await send({ carrierChatId: 'lost-chat' })).toMatchObject({
      kind: 'accepted',
      carrierChatId: 'their-chat',
    });
    expect(linq.seen.map(({ path }) => path)).toEqual(['/v3/chats/lost-chat/messages', '/v3/chats']);
  });

  it('makes one text of several in a row, as those are refused, and leaves pictures between them', async () => {
    const text = (value: string) => ({ type: 'text', value }) as const;
    const media = { type: 'media', url: 'https://example.com/a.png' } as const;
    const parts = [text('one'), text('two'), { ...media, mimeType: 'image/png' }, text('three')];
    expect(await content({ parts })).toMatchObject({ parts: [text('one\ntwo'), media, text('three')] });
  });

  it.each([
    ['confetti', 'screen'],
    ['slam', 'bubble'],
  ] as const)('names the effect %s with its kind', async (effect, type) => {
    expect(await content({ effect })).toMatchObject({ effect: { name: effect, type } });
  });

  it('threads a reply under the carrier’s message', async () => {
    expect(await content({ replyTo: 'theirs' })).toMatchObject({ reply_to: { message_id: 'theirs' } });
  });

  // Asked for by name, iMessage is all that Linq tries; left to itself, it begins with it and falls back.
  it.each([
    [null, undefined],
    ['iMessage', undefined],
    ['RCS', 'RCS'],
    ['SMS', 'SMS'],
  ] as const)('asks for the service that %s begins with', async (service, preferred) => {
    expect(await content({ service })).toHaveProperty('idempotency_key');
    expect(await content({ service })).toEqual(
      preferred === undefined
        ? expect.not.objectContaining({ preferred_service: expect.anything() })
        : expect.objectContaining({ preferred_service: preferred }),
    );
  });

  it.each<[string, Reply, object]>([
    ['400, code 1005', refusal(400, 1005), { kind: 'refused', carrierCode: 1005 }],
    ['403, code 2005', refusal(403, 2005), { kind: 'refused', carrierCode: 2005 }],
    ['404, code 2001, for a chat to be opened', refusal(404, 2001), { kind: 'refused' }],
    ['404, code 2002', refusal(404, 2002), { kind: 'refused', carrierCode: 2002 }],
    ['404, code 2007: an attachment isn’t ready', refusal(404, 2007), { kind: 'busy' }],
    ['409, code 2009: the chat is being made', refusal(409, 2009), { kind: 'busy' }],
    ['409, code 2013: we have left the chat', refusal(409, 2013), { kind: 'refused', carrierCode: 2013 }],
    ['422, code 4005', refusal(422, 4005), { kind: 'refused', carrierCode: 4005 }],
    ['500, code 5002: a file can’t be fetched', refusal(500, 5002), { kind: 'refused', carrierCode: 5002 }],
    ['500, code 4002: the line is flagged', refusal(500, 4002), { kind: 'busy' }],
    ['403, code 2006: the line isn’t ours', refusal(403, 2006), { kind: 'busy' }],
    ['400, code 3007', refusal(400, 3007), { kind: 'busy', retryAfterMs: null }],
    ['401: our key, not the message', refusal(401, 2004), { kind: 'busy' }],
    ['409', refusal(409, 1003), { kind: 'busy' }],
    [
      '429 with a wait in its body',
      refusal(429, 1007, { retry_after: 7 }),
      { kind: 'busy', retryAfterMs: 7_000 },
    ],
    [
      '429 with a Retry-After',
      refusal(429, 1007, {}, { 'retry-after': '3' }),
      { kind: 'busy', retryAfterMs: 3_000 },
    ],
    ['500', refusal(500, 3001), { kind: 'unknown' }],
    ['503', refusal(503, 3001), { kind: 'busy' }],
    ['an HTML page', { status: 502, body: '<html>' }, { kind: 'unknown' }],
    ['a success that names no message', { status: 201, body: { chat: {} } }, { kind: 'unknown' }],
    ['a connection that breaks off', 'cut', { kind: 'unknown' }],
    ['no answer in time', 'hang', { kind: 'unknown' }],
  ])('takes %s for what it is, after one request', async (_, reply, answer) => {
    linq.replies = [reply];
    expect(await send()).toMatchObject(answer);
    expect(linq.seen).toHaveLength(1);
  });

  it('knows that nothing was sent where nobody listens', async () => {
    expect(await send({}, await freePort())).toEqual({ kind: 'busy', retryAfterMs: null });
  });

  it('gives a refusal as a sentence with the carrier’s words and code', async () => {
    linq.replies = [refusal(400, 1005)];
    expect(await send()).toMatchObject({ reason: 'The carrier rejected the message: As it is. (1005).' });
  });
});
