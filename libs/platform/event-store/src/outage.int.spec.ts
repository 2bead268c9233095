import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { workspaceRoot, withEventStore } from '@claw/testing';

/** Appends much at once, from the build, and tells when the first is in. */
const program = (url: string): string => `
  const { EventStore } = require(${JSON.stringify(join(workspaceRoot(), 'dist/libs/platform/event-store/src'))});
  const store = new EventStore({ url: ${JSON.stringify(url)}, deadlineMs: 10_000 });
  const event = () => ({ id: crypto.randomUUID(), type: 'Added.v1', data: { text: 'x'.repeat(20_000) }, metadata: {} });
  const one = (_, index) => store.append('outage-' + index, 'none', [event()]).then(() => console.log('in'));
  Promise.allSettled(Array.from({ length: 400 }, one)).then((all) => {
    const reasons = all.filter(({ status }) => status === 'rejected').map(({ reason }) => reason.name);
    console.log('reasons ' + [...new Set(reasons)]);
    return store.close();
  });
`;

describe('an outage amid many appends', () => {
  const server = withEventStore();

  it('ends each that is under way as unavailable, and leaves the process alive', async () => {
    const child = spawn(process.execPath, ['-e', program(server.url)], { cwd: workspaceRoot() });
    try {
      let output = '';
      const first = new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk) => {
          output += String(chunk);
          if (output.includes('in')) resolve();
        });
      });
      child.stderr.on('data', (chunk) => (output += String(chunk)));
      const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
      await Promise.race([first, exited]);
      await server.crash();
      const code = await exited;
      expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('reasons Unavailable\n') });
    } finally {
      child.kill('SIGKILL');
    }
  });
});
