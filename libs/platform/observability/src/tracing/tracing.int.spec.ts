import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, workspaceRoot } from '@claw/testing';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

/** From the build and in a process of its own: the exporter loads a part of itself in a way that Jest refuses. */
const program = (endpoint: string): string => `
  const { currentTrace, currentTraceparent, extractTrace, injectTrace, startTracing, withSpan } = require(
    ${JSON.stringify(join(workspaceRoot(), 'dist/libs/platform/observability/src'))});
  const stop = startTracing({ service: 'test', instance: 'test-1', endpoint: ${JSON.stringify(endpoint)} });
  const work = async () => {
    const carried = await withSpan('outer work', extractTrace({ traceparent: '${traceparent}' }), async () => ({
      outer: currentTraceparent(),
      inner: await withSpan('inner work', currentTrace(), async () => injectTrace({}).traceparent),
    }));
    await withSpan('failed work', currentTrace(), () => Promise.reject(new Error('no'))).catch(() => undefined);
    await stop();
    console.log(JSON.stringify(carried));
  };
  work();
`;

const run = async (endpoint: string): Promise<{ outer: string; inner: string }> => {
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', program(endpoint)], {
    timeout: 20_000,
  });
  return JSON.parse(stdout) as { outer: string; inner: string };
};

describe('tracing', () => {
  let collector: Server;
  let received = '';

  beforeAll(async () => {
    collector = createServer((request, response) => {
      received += request.url;
      request.on('data', (chunk) => (received += String(chunk)));
      request.on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => new Promise((resolve) => collector.close(resolve)));

  it('carries a trace on, span within span, and sends the spans before it stops', async () => {
    const { outer, inner } = await run(`http://127.0.0.1:${(collector.address() as AddressInfo).port}/`);
    expect(outer).toContain(traceId);
    expect(inner).toContain(traceId);
    expect(inner).not.toBe(outer);
    for (const part of ['/v1/traces', 'outer work', 'inner work', 'failed work', 'test-1'])
      expect(received).toContain(part);
  });

  it('hinders nothing while its collector is away', async () => {
    expect((await run(`http://127.0.0.1:${await freePort()}`)).inner).toContain(traceId);
  });
});
