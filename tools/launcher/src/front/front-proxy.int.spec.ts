import { createServer, request } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { WebSocket, WebSocketServer } from 'ws';
import { createFrontProxy } from './front-proxy';
import { Pool } from './pool';

describe('the front proxy', () => {
  let servers: Server[];

  beforeEach(() => {
    servers = [];
  });
  afterEach(() =>
    Promise.all(
      servers.map((server) => {
        server.closeAllConnections();
        return new Promise((resolve) => server.close(resolve));
      }),
    ),
  );

  const serve = async (server: Server): Promise<string> => {
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const replica = (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> =>
    serve(createServer(answer));
  const named = (name: string): Promise<string> =>
    replica((_, response) => response.setHeader('x-replica', name).end(name));
  const frontOf = async (origins: { api?: string[]; gateway?: string[]; routing?: string[] }) => {
    const pool = async (of: string[] = []): Promise<Pool> => {
      const made = new Pool(of, async () => 'ready');
      await made.refresh();
      return made;
    };
    return serve(
      createFrontProxy({
        api: await pool(origins.api),
        gateway: await pool(origins.gateway),
        routing: await pool(origins.routing),
      }),
    );
  };
  const gone = async (): Promise<string> => {
    const origin = await replica((_, response) => response.end());
    const server = servers.pop();
    await new Promise((resolve) => server?.close(resolve));
    return origin;
  };

  it('spreads requests over the replicas of their service', async () => {
    const front = await frontOf({ api: [await named('one'), await named('two')] });
    const texts = [];
    for (let count = 0; count < 4; count += 1) texts.push(await (await fetch(`${front}/api/me`)).text());
    expect(texts.sort()).toEqual(['one', 'one', 'two', 'two']);
  });

  it('passes method, body and status through unchanged', async () => {
    const echo = await replica((incoming, response) => {
      response.statusCode = 207;
      response.setHeader('x-method', incoming.method ?? '');
      incoming.pipe(response);
    });
    const front = await frontOf({ routing: [echo] });
    const answer = await fetch(`${front}/webhooks/carrier`, { method: 'POST', body: '{"a": 1}' });
    expect([answer.status, answer.headers.get('x-method'), await answer.text()]).toEqual([
      207,
      'POST',
      '{"a": 1}',
    ]);
  });

  it('answers a problem with 503 where no replica is up', async () => {
    const front = await frontOf({});
    const answer = await fetch(`${front}/api/me`);
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('retry-after')]).toEqual([
      503,
      'application/problem+json; charset=utf-8',
      '1',
    ]);
    expect(await answer.json()).toEqual({
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
      detail: expect.any(String),
      error: 'unavailable',
      request_id: answer.headers.get('x-request-id'),
    });
  });

  it('answers a problem to headers of more than 16 KiB', async () => {
    const front = await frontOf({ api: [await named('one')] });
    const answer = await fetch(`${front}/api/me`, { headers: { 'x-much': 'x'.repeat(17_000) } });
    expect(answer.status).toBe(431);
    expect(await answer.json()).toMatchObject({
      error: 'headers_too_large',
      request_id: answer.headers.get('x-request-id'),
    });
  });

  it('passes a replica over from the moment it refuses a connection', async () => {
    const front = await frontOf({ api: [await gone(), await named('left')] });
    const statuses = [];
    for (let count = 0; count < 5; count += 1) statuses.push((await fetch(`${front}/api/me`)).status);
    expect(statuses.filter((status) => status === 503).length).toBeLessThanOrEqual(1);
    expect(statuses.slice(2)).toEqual([200, 200, 200]);
  });

  it('keeps the services’ health and metrics to itself', async () => {
    const front = await frontOf({ api: [await named('one')] });
    const answers = await Promise.all(['/health/ready', '/metrics'].map((path) => fetch(`${front}${path}`)));
    expect(answers.map(({ status }) => status)).toEqual([404, 404]);
  });

  it('breaks an answer off that broke off, rather than let it look whole', async () => {
    const breaking = await replica((incoming, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half', () => incoming.socket.destroy());
    });
    const front = await frontOf({ api: [breaking] });
    await expect(fetch(`${front}/api/me`).then((answer) => answer.text())).rejects.toThrow();
  });

  const gateway = async (): Promise<string> => {
    const server = createServer();
    const sockets = new WebSocketServer({ noServer: true });
    server.on('upgrade', (incoming, socket, head) => {
      if (incoming.headers.authorization !== 'Bearer good') {
        socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
        return;
      }
      sockets.handleUpgrade(incoming, socket, head, (webSocket) =>
        webSocket.on('message', (data) => {
          if (String(data) === 'leave') webSocket.close(4001, 'rotated');
          else webSocket.send(String(data));
        }),
      );
    });
    return serve(server);
  };
  const dial = (front: string, key: string, path = '/ws'): WebSocket =>
    new WebSocket(`${front.replace('http', 'ws')}${path}`, { headers: { authorization: `Bearer ${key}` } });
  const refusal = async (socket: WebSocket): Promise<number | undefined> => {
    socket.on('error', () => undefined);
    const [clientRequest, response] = (await once(socket, 'unexpected-response')) as [
      ReturnType<typeof request>,
      IncomingMessage,
    ];
    clientRequest.destroy();
    return response.statusCode;
  };

  it('joins an agent with a gateway, frames and close code alike', async () => {
    const socket = dial(await frontOf({ gateway: [await gateway()] }), 'good');
    await once(socket, 'open');
    socket.send('hello');
    expect(String((await once(socket, 'message'))[0])).toBe('hello');
    socket.send('leave');
    expect((await once(socket, 'close'))[0]).toBe(4001);
  });

  it('passes a gateway’s refusal of a key through', async () => {
    expect(await refusal(dial(await frontOf({ gateway: [await gateway()] }), 'bad'))).toBe(401);
  });

  it('refuses a socket with 503 where no gateway is up, or the one whose turn it is has gone', async () => {
    expect(await refusal(dial(await frontOf({}), 'good'))).toBe(503);
    expect(await refusal(dial(await frontOf({ gateway: [await gone()] }), 'good'))).toBe(503);
  });

  it('opens no socket anywhere else', async () => {
    const front = await frontOf({ api: [await named('one')], gateway: [await gateway()] });
    expect(await refusal(dial(front, 'good', '/api/me'))).toBe(404);
  });
});
