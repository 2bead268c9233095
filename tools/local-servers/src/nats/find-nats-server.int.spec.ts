import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNatsServer } from './find-nats-server';

describe('findNatsServer', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'claw-find-nats-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const server = async (name: string, version: string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, `#!/bin/sh\necho "nats-server: v${version}"\n`, { mode: 0o755 });
    return path;
  };
  const hidden = (): NodeJS.ProcessEnv => ({ PATH: folder, CLAW_CACHE: join(folder, 'cache') });

  it('takes the one that NATS_SERVER names before any other', async () => {
    await server('nats-server', '2.10.0');
    const named = await server('mine', '2.11.0');
    expect(await findNatsServer({ env: { ...hidden(), NATS_SERVER: named } })).toBe(named);
  });

  it('refuses a NATS_SERVER that is too old rather than taking another', async () => {
    await server('nats-server', '2.10.0');
    const old = await server('old', '2.8.4');
    await expect(findNatsServer({ env: { ...hidden(), NATS_SERVER: old } })).rejects.toThrow(
      `nats-server: NATS_SERVER=${old} is 2.8.4; 2.9 or newer is needed`,
    );
  });

  it('refuses a NATS_SERVER that is no such program', async () => {
    await expect(findNatsServer({ env: { ...hidden(), NATS_SERVER: '/dev/null' } })).rejects.toThrow(
      /NATS_SERVER=\/dev\/null is not a nats-server/,
    );
  });

  it('takes one from PATH', async () => {
    const onPath = await server('nats-server', '2.10.0');
    expect(await findNatsServer({ env: hidden(), alsoIn: [] })).toBe(onPath);
  });

  it('passes over one on PATH that is too old', async () => {
    await server('nats-server', '2.8.4');
    const elsewhere = await mkdtemp(join(tmpdir(), 'claw-find-nats-'));
    try {
      const newer = join(elsewhere, 'nats-server');
      await writeFile(newer, '#!/bin/sh\necho "nats-server: v2.9.0"\n', { mode: 0o755 });
      expect(await findNatsServer({ env: hidden(), alsoIn: [elsewhere] })).toBe(newer);
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });

  it('names the ways out in one line where there is none and none can be fetched', async () => {
    const search = findNatsServer({ env: hidden(), alsoIn: [] });
    await expect(search).rejects.toThrow(/^nats-server: none found on PATH; install .* NATS_SERVER$/);
  });
});
