import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { subjects } from '@claw/contracts';
import { freePortRange, isPortFree, workspaceRoot } from '@claw/local-servers';
import { connectNats, JetStreamPublisher } from '@claw/messaging';
import { eventually } from '@claw/testing';
import { down } from './commands/down';
import { parseReplicas } from './platform/parse-replicas';
import { everyPort, portSpan, portsFrom } from './platform/ports';
import { dataFolder } from './state/data-folder';
import { identityOf } from './state/process-identity';
import { readRun, requireRun } from './state/run-file';
import type { Run } from './state/run-file';
import { readSupervisor } from './state/supervisor-file';

const replicas = 'gateway=2';
const upTimeoutMs = 90_000;

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

describe('./claw', () => {
  let data: string;
  let base: number;

  const claw = (...args: string[]): Promise<Said> =>
    new Promise((resolve) => {
      const options = { cwd: tmpdir(), timeout: upTimeoutMs };
      execFile(join(workspaceRoot(), 'claw'), [...args, '--data', data], options, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr }),
      );
    });
  const up = (): Promise<Said> => claw('up', '--detach', '--port-base', String(base), '--replicas', replicas);
  const run = (): Promise<Run> => requireRun(dataFolder(data));
  const running = (pids: readonly number[]): number[] => pids.filter((pid) => identityOf(pid) !== undefined);
  const pidOf = ({ services }: Run, name: string): number =>
    services.find((service) => service.name === name)?.pid ?? 0;

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), 'claw-e2e-'));
    base = await freePortRange(portSpan);
    expect(await up()).toEqual(expect.objectContaining({ code: 0 }));
  }, upTimeoutMs);
  afterAll(async () => {
    await down({ data });
    await rm(data, { recursive: true, force: true });
  }, upTimeoutMs);

  it('has every process answering once it has returned', async () => {
    const { code, stdout } = await claw('status');
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]);
    expect([code, names.sort()]).toEqual([
      0,
      [
        'api-1',
        'carrier-1',
        'eventstore-1',
        'front-1',
        'gateway-1',
        'gateway-2',
        'nats-1',
        'postgres-1',
        'routing-1',
        'tenancy-1',
      ],
    ]);
  });

  it('says where everything is in a file that only its owner may read', async () => {
    const file = dataFolder(data).runFile;
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await run()).toMatchObject({
      api: `http://127.0.0.1:${base}`,
      socket: `ws://127.0.0.1:${base}/ws`,
      gateways: [`ws://127.0.0.1:${base + 40}/ws`, `ws://127.0.0.1:${base + 41}/ws`],
    });
  });

  it('makes an agency and prints it as JSON', async () => {
    const { code, stdout } = await claw('agency', '--name', 'Acme', '--email', 'founder@acme.example');
    expect(code).toBe(0);
    const agency: unknown = JSON.parse(stdout);
    expect(agency).toEqual({
      agency_id: expect.any(String),
      name: 'Acme',
      email: 'founder@acme.example',
      api_key: expect.stringMatching(/^cm_live_[A-Za-z0-9]{8}_[A-Za-z0-9]{32,}$/),
      key_prefix: expect.stringMatching(/^cm_live_[A-Za-z0-9]{8}$/),
      sending_number: expect.stringMatching(/^\+15005550\d{3}$/),
    });
  });

  it('does not start a second time on the same folder', async () => {
    const { code, stderr } = await up();
    expect(code).toBe(1);
    expect(stderr).toMatch(/^claw: already running on .* \(process \d+\): \.\/claw down stops it$/m);
  });

  it('rebuilds a projection while services run', async () => {
    const { code, stdout, stderr } = await claw('rebuild', 'access');
    expect([code, stderr]).toEqual([0, expect.not.stringMatching(/claw:/)]);
    const rebuilt: unknown = JSON.parse(stdout);
    expect(rebuilt).toMatchObject({ projection: 'access' });
  });

  it('lists, shows, replays and drops what a service gave up on', async () => {
    const nats = connectNats({ url: (await run()).nats, name: 'test' });
    try {
      await nats.up(5_000);
      const nonsense = { text: `cm_live_abcd1234_${'s'.repeat(32)}` };
      await new JetStreamPublisher(nats).publish(subjects.inbound('none'), nonsense);
    } finally {
      await nats.close();
    }
    const letterAfter = (id: number): Promise<number> =>
      eventually(
        async () => {
          const list = JSON.parse((await claw('dead-letters', 'list', '--json')).stdout) as { id: number }[];
          const [letter, ...others] = list;
          expect(letter).toMatchObject({ consumer: 'routing-notices', reason: 'not a notice' });
          expect([letter?.id ?? 0, others]).toEqual([expect.any(Number), []]);
          expect(letter?.id).toBeGreaterThan(id);
          return letter?.id ?? 0;
        },
        { withinMs: 20_000 },
      );
    const first = await letterAfter(0);
    const { stdout: page } = await claw('dead-letters', 'show', String(first));
    expect(page).toMatch(/\n\n\{\n {2}"text": "cm_live_abcd1234"\n\}\n$/);
    expect(await claw('dead-letters', 'replay', String(first))).toMatchObject({ code: 0 });
    const second = await letterAfter(first);
    const table = (await claw('dead-letters', 'list')).stdout.split('\n');
    expect(table[0]).toMatch(/^ID +WHEN +CONSUMER /);
    expect(table[1]).toMatch(
      new RegExp(`^${second} .* routing-notices +INBOUND +inbound.none .* not a notice$`),
    );
    const dropped = await claw('dead-letters', 'drop', '--all');
    expect(dropped.stdout).toBe(
      `dropped ${second}, inbound.none, given up by routing-notices of INBOUND: not a notice\n`,
    );
    expect(await claw('dead-letters', 'drop', String(second))).toEqual({
      code: 1,
      stdout: '',
      stderr: `claw: there is no dead letter ${second} (./claw dead-letters list shows what there is)\n`,
    });
  }, 90_000);

  it('starts a process that was killed again and names the new one in run.json', async () => {
    const before = pidOf(await run(), 'carrier');
    process.kill(before, 'SIGKILL');
    await eventually(
      async () => {
        const after = pidOf(await run(), 'carrier');
        expect(after).not.toBe(before);
        expect(running([after])).toEqual([after]);
      },
      { withinMs: 10_000 },
    );
  });

  it(
    'ends what a killed supervisor left behind when it starts anew, and keeps the data',
    async () => {
      const folder = dataFolder(data);
      const first = await run();
      const record = await readSupervisor(folder);
      process.kill(record?.supervisor.pid ?? 0, 'SIGKILL');
      await eventually(() => expect(running([record?.supervisor.pid ?? 0])).toEqual([]));
      const left = first.services.map(({ pid }) => pid);
      expect(await up()).toEqual(expect.objectContaining({ code: 0 }));
      expect(running(left)).toEqual([]);
      expect((await run()).operator_token).toBe(first.operator_token);
    },
    upTimeoutMs,
  );

  it('stops everything and lets go of every port', async () => {
    const { services } = await run();
    expect(await claw('down')).toEqual(expect.objectContaining({ code: 0 }));
    expect(running(services.map(({ pid }) => pid))).toEqual([]);
    expect(await readRun(dataFolder(data))).toBeUndefined();
    const free = await Promise.all(everyPort(portsFrom(base, parseReplicas(replicas))).map(isPortFree));
    expect(free).not.toContain(false);
    expect(await up()).toEqual(expect.objectContaining({ code: 0 }));
  }, 120_000);
});
