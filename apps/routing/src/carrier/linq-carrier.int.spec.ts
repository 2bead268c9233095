import { createServer, type IncomingMessage, type Server } from 'node:http';
import { freePort } from '@claw/testing';
import { randomNumber } from '../testing/tenants.fixture';
import { LinqCarrier } from './linq-carrier';

interface Seen {
  readonly path: string;
  readonly body: { readonly message: { readonly parts: unknown; readonly idempotency_key: string } };
}
type Reply =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body: unknown }
  | 'hang'
  | 'cut';

const sent = { id: 'their-message', service: 'iMessage' };
const opened: Reply = { status: 201, body: { chat: { id: 'their-chat', message: sent } } };
const error = (
  status: number,
  code: number,
  more: object = {},
  headers: Record<string, string> = {},
): Reply => ({
  status,
  headers,
  body: { success: false, error: { status, code, message: 'As it is.', ...more } },
});

describe('the way to Linq', () => {
  let server: Server;
  let port: number;
  let replies: Reply[] = [];
  let seen: Seen[] = [];
  beforeAll(async () => {
    port = await freePort();
    server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        seen.push({ path: request.url ?? '', body: JSON.parse(body) as Seen['body'] });
        const reply = replies.shift() ?? opened;
        if (reply === 'hang') return;
        if (reply === 'cut') return void request.socket.destroy();
        response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
        response.end(JSON.stringify(reply.body));
      });
    });
    await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  });
  beforeEach(() => {
    replies = [];
    seen = [];
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const send = (carrierChatId: string | null = null, texts = ['hello'], at = port) =>
    new LinqCarrier({ apiKey: 'key', baseUrl: `http://127.0.0.1:${at}`, timeoutMs: 300 }).send({
      messageId: 'our-message',
      from: randomNumber(),
      to: [randomNumber()],
      parts: texts.map((value) => ({ type: 'text', value })),
      service: null,
      carrierChatId,
    });

  it('opens a chat with the first message', async () => {
    expect(await send()).toEqual({
      kind: 'accepted',
      carrierChatId: 'their-chat',
      carrierMessageId: 'their-message',
      service: 'iMessage',
    });
    expect(seen).toMatchObject([
      { path: '/v3/chats', body: { message: { idempotency_key: 'our-message' } } },
    ]);
  });

  it('sends the next ones into that chat', async () => {
    replies = [{ status: 201, body: { chat_id: 'their-chat', message: sent } }];
    expect(await send('their-chat')).toMatchObject({ kind: 'accepted', carrierMessageId: 'their-message' });
    expect(seen).toMatchObject([{ path: '/v3/chats/their-chat/messages' }]);
  });

  it('opens a chat anew that is forgotten there', async () => {
    replies = [error(404, 2001), opened];
    expect(await send('lost-chat')).toMatchObject({ kind: 'accepted', carrierChatId: 'their-chat' });
    expect(seen.map(({ path }) => path)).toEqual(['/v3/chats/lost-chat/messages', '/v3/chats']);
  });

  it('makes one text of several, as two in a row are refused', async () => {
    await send(null, ['one', 'two']);
    expect(seen[0]?.body.message.parts).toEqual([{ type: 'text', value: 'one\ntwo' }]);
  });

  it.each<[string, Reply, object]>([
    ['400, code 1005', error(400, 1005), { kind: 'refused', carrierCode: 1005 }],
    ['403, code 2005', error(403, 2005), { kind: 'refused', carrierCode: 2005 }],
    ['404, code 2001, for a chat to be opened', error(404, 2001), { kind: 'refused' }],
    ['400, code 3007', error(400, 3007), { kind: 'busy', retryAfterMs: null }],
    ['401: our key, not the message', error(401, 2004), { kind: 'busy' }],
    ['409', error(409, 1003), { kind: 'busy' }],
    [
      '429 with a wait in its body',
      error(429, 1007, { retry_after: 7 }),
      { kind: 'busy', retryAfterMs: 7_000 },
    ],
    [
      '429 with a Retry-After',
      error(429, 1007, {}, { 'retry-after': '3' }),
      { kind: 'busy', retryAfterMs: 3_000 },
    ],
    ['500', error(500, 3001), { kind: 'unknown' }],
    ['503', error(503, 3001), { kind: 'busy' }],
    ['an HTML page', { status: 502, body: '<html>' }, { kind: 'unknown' }],
    ['a success that names no message', { status: 201, body: { chat: {} } }, { kind: 'unknown' }],
    ['a connection that breaks off', 'cut', { kind: 'unknown' }],
    ['no answer in time', 'hang', { kind: 'unknown' }],
  ])('takes %s for what it is, after one request', async (_, reply, answer) => {
    replies = [reply];
    expect(await send()).toMatchObject(answer);
    expect(seen).toHaveLength(1);
  });

  it('knows that nothing was sent where nobody listens', async () => {
    expect(await send(null, ['hello'], await freePort())).toEqual({ kind: 'busy', retryAfterMs: null });
  });

  it('gives a refusal as a sentence with the carrier’s words and code', async () => {
    replies = [error(400, 1005)];
    expect(await send()).toMatchObject({ reason: 'The carrier rejected the message: As it is. (1005).' });
  });
});

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
};
