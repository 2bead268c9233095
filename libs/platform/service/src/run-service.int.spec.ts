import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { eventually, freePort, workspaceRoot } from '@claw/testing';

/** A whole service as a process of its own, from the build. */
const program = (extra: string): string => `
  const platform = ${JSON.stringify(join(workspaceRoot(), 'dist/libs/platform'))};
  const { z } = require('zod');
  const { loadConfig, serviceConfig } = require(platform + '/config/src');
  const { HealthModule } = require(platform + '/health/src');
  const { runService } = require(platform + '/service/src');
  class App {}
  runService({
    service: 'test',
    config: () => loadConfig(z.object(serviceConfig)),
    module: () => ({ module: App, imports: [HealthModule.forRoot({ useFactory: () => [] })] }),
    graceMs: 500,
    ${extra}
  });
`;

describe('a service’s process', () => {
  const children: ChildProcess[] = [];

  const run = async (env: Record<string, string> = {}, extra = '') => {
    const port = await freePort();
    const child = spawn(process.execPath, ['-e', program(extra)], {
      cwd: workspaceRoot(),
      env: {
        PATH: process.env['PATH'],
        INSTANCE: 'test-1',
        HTTP_PORT: String(port),
        NATS_URL: 'nats://127.0.0.1:1',
        ...env,
      },
    });
    children.push(child);
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const ready = () =>
      eventually(
        async () => expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200),
        {
          withinMs: 10_000,
        },
      );
    return { child, exited, ready, output: () => output };
  };

  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('stops in order at %s and exits 0', async (signal) => {
    const { child, exited, ready, output } = await run();
    await ready();
    child.kill(signal);
    expect(await exited).toBe(0);
    expect(output()).toContain('"stopped"');
  });

  it('names a wrong variable and exits 1', async () => {
    const { exited, output } = await run({ LIMITS: 'none' });
    expect(await exited).toBe(1);
    expect(output()).toContain('LIMITS is wrong');
  });

  it('exits 1 where its port is taken', async () => {
    const taken = await freePort();
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen(taken, '127.0.0.1', resolve));
    try {
      const { exited, output } = await run({ HTTP_PORT: String(taken) });
      expect(await exited).toBe(1);
      expect(output()).toContain('EADDRINUSE');
    } finally {
      await new Promise((resolve) => stranger.close(resolve));
    }
  });

  it('exits 1 at a rejection that nobody handles', async () => {
    const { exited, output } = await run({}, `prepare: () => { Promise.reject(new Error('lost one')); },`);
    expect(await exited).toBe(1);
    expect(output()).toContain('lost one');
  });

  it('exits 1 where it does not stop within its grace', async () => {
    const stuck = `module: () => {
      App.prototype.onModuleDestroy = () => new Promise(() => undefined);
      return { module: App, imports: [HealthModule.forRoot({ useFactory: () => [] })] };
    },`;
    const { child, exited, ready } = await run({}, stuck);
    await ready();
    child.kill('SIGTERM');
    expect(await exited).toBe(1);
  });
});
