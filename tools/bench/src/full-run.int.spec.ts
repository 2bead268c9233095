import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { workspaceRoot } from '@claw/testing';
import { manyIdleSockets } from './figures/many-idle-sockets';
import { millionRoutes } from './figures/million-routes';
import { rebuild } from './figures/rebuild';

describe('the long figures of a full bench', () => {
  it('hold idle sockets open, and see what that costs the gateway', async () => {
    const [dropped, cpu] = await manyIdleSockets({ sockets: 20, seconds: 2 });
    expect(dropped).toMatchObject({ value: 0, ok: true });
    // So few may cost less than the clock's tick.
    expect(cpu?.value).toBeGreaterThanOrEqual(0);
    expect(cpu?.notes?.['gateway RSS, MiB']).toBeGreaterThan(20);
  }, 120_000);

  it('start a gateway with every route, and look all of them up', async () => {
    const [ready, heap, lookUp] = await millionRoutes({ routes: 20_000 });
    expect(ready?.value).toBeGreaterThan(0);
    expect(heap?.value).toBeGreaterThan(16);
    expect(heap?.value).toBeLessThan(500);
    expect(lookUp?.ratio).toBeGreaterThan(0);
  }, 120_000);

  it('rebuild the routes of a log from nothing', async () => {
    const [few, many, growth] = await rebuild({ few: 130, many: 1_300 });
    expect(few?.notes?.['entries written']).toBe(100);
    expect(many?.notes?.['entries written']).toBe(1_000);
    expect(growth?.value).toBeGreaterThan(0);
  }, 120_000);
});

describe('Ctrl-C in a bench', () => {
  it('ends the servers it has started, and removes their folder', async () => {
    const script = `
      const { Workbench } = require(${JSON.stringify(join(workspaceRoot(), 'dist/tools/bench/src/workbench.js'))});
      Workbench.use(async (bench) => {
        console.log(JSON.stringify({ folder: bench.folder, pid: bench.nats.pid }));
        await new Promise(() => setInterval(() => undefined, 1000));
      });`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = (await once(child.stdout, 'data')) as [Buffer];
      const { folder, pid } = JSON.parse(line.toString()) as { folder: string; pid: number };
      await access(folder);
      process.kill(pid, 0);
      child.kill('SIGINT');
      expect(await once(child, 'exit')).toEqual([130, null]);
      await expect(access(folder)).rejects.toThrow('ENOENT');
      expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    } finally {
      child.kill('SIGKILL');
    }
  }, 60_000);
});
