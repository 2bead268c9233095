import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, httpAnswers, requireFreePort, startServer } from '@claw/local-servers';
import { eventually } from '@claw/testing';
import { identityOf } from '../state/process-identity';
import { Supervisor } from './supervisor';
import type { SupervisedProcess } from './supervisor';
import type { Unit } from './unit';

const answering = `require('node:http').createServer((_, response) => response.end())
  .listen(Number(process.env.PORT), '127.0.0.1')`;

describe('the supervisor', () => {
  let folder: string;
  let told: string[];
  let changes: (readonly SupervisedProcess[])[];
  let supervisors: Supervisor[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'claw-supervisor-'));
    told = [];
    changes = [];
    supervisors = [];
  });
  afterEach(async () => {
    await Promise.all(supervisors.map((supervisor) => supervisor.stop(true)));
    await rm(folder, { recursive: true, force: true });
  });

  const supervise = (...units: Unit[]): Supervisor => {
    const supervisor = new Supervisor(units, {
      say: (line) => told.push(line),
      onChange: async (processes) => void changes.push(processes),
    });
    supervisors.push(supervisor);
    return supervisor;
  };
  const unit = async (name: string, options: { script?: string; port?: number; layer?: number } = {}) => {
    const { script = answering, port = await freePort(), layer = 1 } = options;
    const health = `http://127.0.0.1:${port}/`;
    const made: Unit = {
      name,
      replica: 1,
      health,
      layer,
      stopGraceMs: 2_000,
      start: async (context) => {
        await requireFreePort(name, port);
        return startServer({
          ...context,
          name,
          command: process.execPath,
          args: ['-e', script],
          env: { ...process.env, PORT: String(port), ORDER: join(folder, 'order') },
          logFile: join(folder, `${name}.log`),
          ready: () => httpAnswers(health),
        });
      },
    };
    return made;
  };
  const pidOf = (supervisor: Supervisor): number => supervisor.processes[0]?.pid ?? 0;
  const isAlive = (pid: number): boolean => identityOf(pid) !== undefined;

  it('has every unit answering once it has started', async () => {
    const units = [await unit('one'), await unit('two')];
    await supervise(...units).start(5_000);
    expect(await Promise.all(units.map(({ health }) => httpAnswers(health)))).toEqual([true, true]);
  });

  it('starts a process that dies again, on the same port, and tells of the new one', async () => {
    const one = await unit('one');
    const supervisor = supervise(one);
    await supervisor.start(5_000);
    const first = pidOf(supervisor);
    process.kill(first, 'SIGKILL');
    await eventually(() => {
      expect(pidOf(supervisor)).toBeGreaterThan(0);
      expect(pidOf(supervisor)).not.toBe(first);
      expect(told).toEqual(['one-1 ended (SIGKILL): starting it again', 'one-1 is back']);
    });
    expect(await httpAnswers(one.health)).toBe(true);
    expect(changes.at(-1)).toEqual([expect.objectContaining({ name: 'one', pid: pidOf(supervisor) })]);
  });

  it('leaves ever more time between the starts of a process that keeps dying', async () => {
    const dying = await unit('dying', { script: `${answering}; setTimeout(() => process.exit(3), 150)` });
    const starts: number[] = [];
    const supervisor = supervise({
      ...dying,
      start: (context) => {
        starts.push(Date.now());
        return dying.start(context);
      },
    });
    await supervisor.start(5_000);
    await eventually(() => expect(starts.length).toBeGreaterThanOrEqual(5), { withinMs: 15_000 });
    const pauses = starts.slice(1).map((at, index) => at - (starts[index] ?? at));
    expect(pauses[3]).toBeGreaterThan((pauses[0] ?? 0) * 2);
    expect(told[0]).toBe('dying-1 ended (exit code 3): starting it again');
  });

  it('leaves nothing running where one unit finds its port in use, and says so in one line', async () => {
    const port = await freePort();
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve));
    try {
      const one = await unit('one');
      const supervisor = supervise(one, await unit('two', { port }));
      await expect(supervisor.start(5_000)).rejects.toThrow(`two: port ${port} is already in use`);
      expect(supervisor.processes).toEqual([]);
      expect(await httpAnswers(one.health).catch(() => false)).toBe(false);
    } finally {
      await new Promise((resolve) => stranger.close(resolve));
    }
  });

  it('leaves nothing running where one unit ends before it answers, and gives the reason it logged', async () => {
    const broken = await unit('broken', {
      script: `console.error('no space left on device'); process.exit(4)`,
    });
    const supervisor = supervise(await unit('one'), broken);
    await expect(supervisor.start(5_000)).rejects.toThrow(
      /^broken: ended with exit code 4: no space left on device \(log: .*broken\.log\)$/,
    );
    expect(changes.flat().map(({ pid }) => isAlive(pid))).not.toContain(true);
  });

  it('stops what leans on others before what it leans on', async () => {
    const ordered = (name: string): string =>
      `${answering}; process.on('SIGTERM', () => {
        require('node:fs').appendFileSync(process.env.ORDER, '${name} '); process.exit(0); })`;
    const supervisor = supervise(
      await unit('backing', { layer: 1, script: ordered('backing') }),
      await unit('front', { layer: 3, script: ordered('front') }),
      await unit('service', { layer: 2, script: ordered('service') }),
    );
    await supervisor.start(5_000);
    await supervisor.stop();
    expect(await readFile(join(folder, 'order'), 'utf8')).toBe('front service backing ');
  });

  it('ends a process by force that does not end when asked', async () => {
    const stubborn = await unit('stubborn', {
      script: `${answering}; process.on('SIGTERM', () => undefined)`,
    });
    const supervisor = supervise({ ...stubborn, stopGraceMs: 200 });
    await supervisor.start(5_000);
    const pid = pidOf(supervisor);
    await supervisor.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('does not start a process again that ended because all are stopped', async () => {
    const supervisor = supervise(await unit('one'));
    await supervisor.start(5_000);
    await supervisor.stop();
    expect([supervisor.processes, told]).toEqual([[], []]);
  });
});
