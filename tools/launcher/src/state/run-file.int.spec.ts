import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder } from './data-folder';
import type { DataFolder } from './data-folder';
import { readRun, requireRun, writeRun } from './run-file';
import type { Run } from './run-file';

const run: Run = {
  api: 'http://127.0.0.1:8080',
  socket: 'ws://127.0.0.1:8080/ws',
  gateways: ['ws://127.0.0.1:8120/ws'],
  carrier: 'http://127.0.0.1:8084',
  operator_token: 'op_secret',
  eventstore: 'esdb://127.0.0.1:8081?tls=false',
  nats: 'nats://127.0.0.1:8082',
  postgres: 'postgres://claw:secret@127.0.0.1:8083/claw',
  services: [{ name: 'api', replica: 1, pid: 7, health: 'http://127.0.0.1:8090/health/ready' }],
};

describe('run.json', () => {
  let folder: DataFolder;

  beforeEach(async () => {
    folder = dataFolder(await mkdtemp(join(tmpdir(), 'claw-run-')));
  });
  afterEach(() => rm(folder.root, { recursive: true, force: true }));

  it('holds exactly what was written', async () => {
    await writeRun(folder, run);
    expect(await readRun(folder)).toEqual(run);
  });

  it('can be read by its owner alone, also where it replaces one that others could read', async () => {
    await writeFile(folder.runFile, '{}', { mode: 0o644 });
    await writeRun(folder, run);
    expect((await stat(folder.runFile)).mode & 0o777).toBe(0o600);
  });

  it('is never seen half-written, and leaves no other file behind', async () => {
    await writeRun(folder, run);
    const services = Array.from({ length: 500 }, (_, replica) => ({
      name: 'api',
      replica,
      pid: 1,
      health: 'h',
    }));
    const writing = Array.from({ length: 40 }, (_, count) =>
      writeRun(folder, { ...run, services: services.slice(0, count * 10) }),
    );
    const reading = Array.from({ length: 200 }, () => requireRun(folder));
    await expect(Promise.all([...writing, ...reading])).resolves.toHaveLength(240);
    expect(await readdir(folder.root)).toEqual(['run.json']);
  });

  it('says in one line that nothing is up where there is none', async () => {
    await expect(requireRun(folder)).rejects.toThrow(`nothing is up on ${folder.root}: ./claw up starts it`);
  });

  it('says in one line that it is damaged where it is', async () => {
    await writeFile(folder.runFile, '{"api":');
    await expect(readRun(folder)).rejects.toThrow(/run\.json is damaged/);
  });
});
