import { once } from 'node:events';
import { connect } from 'node:net';
import { withNats } from '@claw/testing';
import { type RunningApi, startApi } from '../testing/running-api.fixture';

describe('a request that can not be read', () => {
  const nats = withNats();
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi(nats.url);
  });
  afterAll(() => api.stop());

  /** Everything that comes back on a connection on which just this was said. */
  const answerTo = async (text: string): Promise<string> => {
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (part: string) => (answer += part));
    socket.write(text);
    await once(socket, 'close');
    return answer;
  };

  it.each([
    [
      'headers of more than 16 KiB',
      `GET /api/me HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(17_000)}\r\n\r\n`,
      431,
    ],
    ['what is no HTTP', 'hello\r\n\r\n', 400],
  ])('is answered with a problem: %s', async (_, request, status) => {
    const [head = '', body = ''] = (await answerTo(request)).split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head).toContain('content-type: application/problem+json');
    const problem = JSON.parse(body) as { request_id: string };
    expect(problem).toMatchObject({
      status,
      error: expect.stringMatching(/^(headers_too_large|malformed_request)$/),
    });
    expect(head).toContain(`x-request-id: ${problem.request_id}`);
  });
});
