import { CarrierUnavailable } from '../inbound/carrier-chats';
import { type Reply, ScriptedServer } from '../testing/scripted-server.fixture';
import { LinqChats } from './linq-chats';

const error = (status: number, code: number, more: object = {}): Reply => ({
  status,
  body: { success: false, error: { status, code, message: 'As it is.', ...more } },
});

describe('what Linq knows of chats', () => {
  let server: ScriptedServer;
  let chats: LinqChats;
  beforeAll(async () => {
    server = await ScriptedServer.start();
    chats = new LinqChats({ apiKey: 'key', baseUrl: server.url, timeoutMs: 300 });
  });
  afterAll(() => server.stop());

  it('tells who is in one, but ourselves, those who have left and those without a number', async () => {
    server.script({
      status: 200,
      body: {
        id: 'their-chat',
        is_group: true,
        handles: [
          { handle: '+15005550000', is_me: true, status: 'active' },
          { handle: '+12125550101', is_me: false, status: 'active' },
          { handle: '+12125550102', status: 'left' },
          { handle: '+12125550103', status: 'active', left_at: '2030-01-01T12:00:00Z' },
          { handle: 'ann@example.com', status: 'active' },
          { handle: '+12125550104' },
        ],
      },
    });
    expect(await chats.chat('their-chat')).toEqual({
      id: 'their-chat',
      people: ['+12125550101', '+12125550104'],
    });
    expect(server.asked).toEqual(['/v3/chats/their-chat']);
  });

  it('tells that there is no such chat', async () => {
    server.script(error(404, 2001));
    expect(await chats.chat('lost')).toBeUndefined();
  });

  it.each<[string, Reply, number | null]>([
    ['an outage', error(503, 3001), null],
    ['a limit, with a wait', error(429, 1007, { retry_after: 7 }), 7_000],
    ['no answer in time', 'hang', null],
    ['a fault of its own', error(500, 3001), null],
  ])('takes %s for what passes, after one request', async (_, reply, retryAfterMs) => {
    server.script(reply);
    const failure = await chats.chat('their-chat').catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(CarrierUnavailable);
    expect(failure).toMatchObject({ retryAfterMs });
    expect(server.asked).toHaveLength(1);
  });

  it.each<[string, Reply]>([
    ['a refusal', error(400, 1003)],
    ['an answer that is no chat', { status: 200, body: { hello: 'world' } }],
  ])('doesn’t take %s for something that passes', async (_, reply) => {
    server.script(reply);
    const failure = await chats.chat('their-chat').catch((thrown: unknown) => thrown);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(CarrierUnavailable);
  });
});
