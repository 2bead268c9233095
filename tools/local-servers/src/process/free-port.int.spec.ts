import { createServer } from 'node:net';
import { freePort, freePortRange, isPortFree, requireFreePort } from './free-port';

describe('a free port', () => {
  it('is one that a server may listen on', async () => {
    expect(await isPortFree(await freePort())).toBe(true);
  });

  it('is below the range that outgoing connections draw from', async () => {
    expect(await freePort()).toBeLessThan(32_768);
  });

  it('is never one of a range that was found free', async () => {
    const first = await freePortRange(50);
    const singles = await Promise.all(Array.from({ length: 20 }, freePort));
    expect(singles.filter((port) => port >= first && port < first + 50)).toEqual([]);
    expect(Math.max(...singles)).toBeLessThan(20_000);
    expect(first % 50).toBe(0);
  });

  it('is refused in one line while somebody listens on it', async () => {
    const port = await freePort();
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve));
    try {
      await expect(requireFreePort('nats', port)).rejects.toThrow(`nats: port ${port} is already in use`);
    } finally {
      await new Promise((resolve) => stranger.close(resolve));
    }
  });
});
