import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'nats';
import { freePort, isPortFree } from '../process/free-port';
import { startNatsServer } from './start-nats-server';
import type { RunningNatsServer } from './start-nats-server';

describe('startNatsServer', () => {
  let dataDir: string;
  let server: RunningNatsServer | undefined;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'claw-nats-'));
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    await rm(dataDir, { recursive: true, force: true });
  });

  const stored = async (url: string): Promise<number> => {
    const connection = await connect({ servers: url });
    try {
      return (await (await connection.jetstreamManager()).streams.info('KEPT')).state.messages;
    } finally {
      await connection.close();
    }
  };

  const store = async (url: string): Promise<void> => {
    const connection = await connect({ servers: url });
    try {
      await (await connection.jetstreamManager()).streams.add({ name: 'KEPT', subjects: ['kept'] });
      await connection.jetstream().publish('kept', new Uint8Array([1]));
    } finally {
      await connection.close();
    }
  };

  it('answers with JetStream on a free port', async () => {
    server = await startNatsServer({ dataDir });
    await store(server.url);
    expect(await stored(server.url)).toBe(1);
  });

  it('keeps what was acknowledged across a crash, on the same ports', async () => {
    server = await startNatsServer({ dataDir });
    await store(server.url);
    await server.kill();
    server = await startNatsServer({ dataDir, port: server.port, monitorPort: server.monitorPort });
    expect(await stored(server.url)).toBe(1);
  });

  it('lets go of its port when it is stopped', async () => {
    server = await startNatsServer({ dataDir });
    await server.stop();
    expect(await isPortFree(server.port)).toBe(true);
  });

  it('refuses a port that is in use in one line', async () => {
    const port = await freePort();
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve));
    try {
      await expect(startNatsServer({ dataDir, port })).rejects.toThrow(/^nats: port \d+ is already in use$/);
    } finally {
      await new Promise((resolve) => stranger.close(resolve));
    }
  });

  it('says why a server ended before it answered, and leaves nothing running', async () => {
    const pids: number[] = [];
    const start = startNatsServer({
      dataDir,
      binary: await brokenServer(dataDir),
      onSpawn: (pid) => pids.push(pid),
    });
    await expect(start).rejects.toThrow(
      /^nats: ended with exit code 3: no space left on device \(log: .*\)$/,
    );
    expect(pids.map(isAlive)).toEqual([false]);
  });
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const brokenServer = async (folder: string): Promise<string> => {
  const path = join(folder, 'broken-server');
  await writeFile(path, '#!/bin/sh\necho "starting"; echo "no space left on device" >&2; exit 3\n', {
    mode: 0o755,
  });
  return path;
};
