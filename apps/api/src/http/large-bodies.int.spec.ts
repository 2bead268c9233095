import { once } from 'node:events';
import { connect } from 'node:net';
import { maxBodyBytes } from '@claw/contracts';
import { withNats } from '@claw/testing';
import { operatorToken, type RunningApi, startApi } from '../testing/running-api.fixture';

describe('a body over the limit', () => {
  const nats = withNats();
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi(nats.url);
  });
  afterAll(() => api.stop());

  /** The answer to a client that looks for it only once it has sent everything, as proxies do. */
  const post = async (header: string, body: readonly Buffer[]): Promise<string> => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1').setEncoding('utf8');
    await once(socket, 'connect');
    const head = [
      'POST /api/operator/agencies HTTP/1.1',
      'host: claw',
      `authorization: Bearer ${operatorToken}`,
    ];
    socket.write([...head, 'content-type: application/json', header, '', ''].join('\r\n'));
    for (const part of body) {
      if (!socket.write(part)) await once(socket, 'drain');
    }
    let answer = '';
    socket.on('data', (part: string) => (answer += part));
    await once(socket, 'close');
    return answer;
  };

  const part = Buffer.alloc(64 * 1024, 'a');
  const parts = new Array<Buffer>(64).fill(part);
  const framed = (body: Buffer): Buffer =>
    Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')]);

  it.each([
    ['says so beforehand', `content-length: ${64 * part.length}`, parts],
    ['comes in pieces', 'transfer-encoding: chunked', [...parts.map(framed), Buffer.from('0\r\n\r\n')]],
    ['is just over', `content-length: ${maxBodyBytes + 1}`, [Buffer.alloc(maxBodyBytes + 1, 'a')]],
  ])('is answered when it has been sent: one that %s', async (_, header, body) => {
    const [head = '', problem = ''] = (await post(header, body)).split('\r\n\r\n');
    expect(head).toContain('HTTP/1.1 413 ');
    expect(JSON.parse(problem)).toMatchObject({ status: 413, error: 'body_too_large' });
  });
});
