import { Unavailable } from '@claw/kernel';
import { eventually, freePort, withNats } from '@claw/testing';
import { whileFrozen, withLinks } from '../linked.fixture';
import { connectNats, natsReady } from './nats-link';

describe('a link to NATS', () => {
  const nats = withNats();
  const links = withLinks(nats);

  it('is ready once the server has answered', async () => {
    const link = links.link();
    await link.connection();
    await expect(natsReady(link)).resolves.toBeUndefined();
  });

  it('is made while the server is down, is not ready, and comes up with it', async () => {
    await nats.crash();
    const link = links.link();
    await expect(natsReady(link)).rejects.toThrow(Unavailable);
    await expect(link.connection(50)).rejects.toThrow(Unavailable);
    await nats.up();
    await link.up(5_000);
    await natsReady(link);
  });

  it('tells when the server goes and comes back', async () => {
    const link = links.link();
    await link.connection();
    const told: boolean[] = [];
    link.onChange((connected) => told.push(connected));
    await nats.crash();
    await eventually(() => expect(link.connected).toBe(false));
    await nats.up();
    await eventually(() => expect(told).toEqual([false, true]));
  });

  it('is not ready while the server has stopped answering', async () => {
    const link = links.link();
    await link.connection();
    await whileFrozen(nats, link, () => expect(natsReady(link, 200)).rejects.toThrow(Unavailable));
    await natsReady(link);
  });

  it('closes while nothing has ever answered', async () => {
    const link = connectNats({ url: `nats://127.0.0.1:${await freePort()}`, name: 'test' });
    await link.close(2_000);
    expect(link.connected).toBe(false);
  });
});
