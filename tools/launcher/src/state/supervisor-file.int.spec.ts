import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataFolder } from './data-folder';
import type { DataFolder } from './data-folder';
import { identityOf, isRunning } from './process-identity';
import type { ProcessIdentity } from './process-identity';
import { claimFolder, endOrphans, readSupervisor, recordProcesses, releaseFolder } from './supervisor-file';
import type { StartedProcess } from './supervisor-file';

describe('the record of a supervisor', () => {
  let folder: DataFolder;
  let started: StartedProcess[];

  beforeEach(async () => {
    folder = dataFolder(await mkdtemp(join(tmpdir(), 'claw-claim-')));
    started = [];
  });
  afterEach(async () => {
    started.filter(isRunning).forEach(({ pid }) => process.kill(pid, 'SIGKILL'));
    await rm(folder.root, { recursive: true, force: true });
  });

  const sleeper = async (): Promise<StartedProcess> => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    await once(child, 'spawn');
    const identity = identityOf(child.pid ?? 0);
    if (identity === undefined) throw new Error('the sleeper is not running');
    const sleeping = { ...identity, stopSignal: 'SIGTERM' as const };
    started.push(sleeping);
    return sleeping;
  };
  const dead: ProcessIdentity = { pid: process.pid, began: 'long ago' };
  const leave = (record: unknown): Promise<void> => writeFile(folder.supervisorFile, JSON.stringify(record));

  it('lets one of many that try at once supervise a folder', async () => {
    const claims = await Promise.all(Array.from({ length: 20 }, () => claimFolder(folder)));
    expect(claims.filter(({ claimed }) => claimed)).toHaveLength(1);
  });

  it('tells who supervises a folder already', async () => {
    await claimFolder(folder);
    expect(await claimFolder(folder)).toEqual({ claimed: false, by: process.pid });
  });

  it('gives a folder over once it is released', async () => {
    await claimFolder(folder);
    await releaseFolder(folder);
    expect(await claimFolder(folder)).toEqual({ claimed: true, orphans: [] });
  });

  it('takes a folder over from one that was killed, with what that one left running', async () => {
    const orphan = await sleeper();
    await leave({ supervisor: dead, processes: [orphan] });
    expect(await claimFolder(folder)).toEqual({ claimed: true, orphans: [orphan] });
    expect((await readSupervisor(folder))?.processes).toEqual([orphan]);
  });

  it('takes a folder over whose record a crash left empty', async () => {
    await writeFile(folder.supervisorFile, '');
    expect(await claimFolder(folder)).toEqual({ claimed: true, orphans: [] });
  });

  it('ends what was left running', async () => {
    const orphan = await sleeper();
    await endOrphans([orphan]);
    expect(isRunning(orphan)).toBe(false);
  });

  it("leaves a process alone that has only got an orphan's id", async () => {
    const stranger = await sleeper();
    await endOrphans([{ ...stranger, began: 'earlier' }]);
    expect(isRunning(stranger)).toBe(true);
  });

  it('holds what has been started since', async () => {
    await claimFolder(folder);
    const child = await sleeper();
    await recordProcesses(folder, [child]);
    expect((await readSupervisor(folder))?.processes).toEqual([child]);
  });
});
