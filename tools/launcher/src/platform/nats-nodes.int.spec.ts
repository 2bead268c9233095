import { mkdir } from 'node:fs/promises';
import { tempDir } from '@claw/testing';
import { dataFolder } from '../state/data-folder';
import { natsDataOf, type NatsNodes, requireDataOf } from './nats-nodes';

describe('the data of NATS', () => {
  it.each<[NatsNodes, NatsNodes]>([
    [1, 3],
    [3, 1],
  ])('that %i nodes kept is not passed over by %i', async (kept, asked) => {
    const folder = dataFolder(await tempDir());
    await mkdir(natsDataOf(folder, kept, 1), { recursive: true });
    await expect(requireDataOf(folder, asked)).rejects.toThrow(`was started with --nats-nodes ${kept}`);
    await expect(requireDataOf(folder, kept)).resolves.toBeUndefined();
  });

  it('may be begun with any number of nodes', async () => {
    const folder = dataFolder(await tempDir());
    await expect(requireDataOf(folder, 1)).resolves.toBeUndefined();
    await expect(requireDataOf(folder, 3)).resolves.toBeUndefined();
  });
});
