import { buckets } from '@claw/contracts';
import { Unavailable } from '@claw/kernel';
import { connectNats, ensureTopology, type NatsLink } from '@claw/messaging';
import { eventually, randomName, withNats } from '@claw/testing';
import { type Replay, ReplayStore } from './replay.store';

describe('what is known of an Idempotency-Key', () => {
  const nats = withNats();
  let link: NatsLink;
  let store: ReplayStore;

  beforeAll(async () => {
    link = connectNats({ url: nats.url, name: 'test', timeoutMs: 2_000 });
    await ensureTopology(link, { streams: [], buckets: [buckets.idempotency], replicas: 1 });
    store = new ReplayStore(link);
  });
  afterAll(() => link.close(1_000));

  const reserved = async (name: string, content = 'content') => {
    const replay: Replay = await store.reserve(name, content);
    if (replay.kind !== 'reserved') throw new Error(`${replay.kind}, not reserved`);
    return replay;
  };

  it('is the first answer, once there is one', async () => {
    const name = randomName('key');
    await store.answered(name, await reserved(name), { id: 1 });
    expect(await store.reserve(name, 'content')).toEqual({ kind: 'answered', answer: { id: 1 } });
    expect(await store.reserve(name, 'other')).toEqual({ kind: 'conflict' });
  });

  it('has a second call wait for the first one', async () => {
    const name = randomName('key');
    await reserved(name);
    await expect(store.reserve(name, 'content')).rejects.toThrow(Unavailable);
  });

  it('is nothing after a refusal', async () => {
    const name = randomName('key');
    await store.release(name, await reserved(name));
    await expect(reserved(name, 'other')).resolves.toBeDefined();
  });

  it('lets only the same call be tried again after one with an unknown outcome, and at once', async () => {
    const name = randomName('key');
    store.giveUp(name, await reserved(name));
    await eventually(() => reserved(name));
    await expect(store.reserve(name, 'content')).rejects.toThrow(Unavailable);
    expect(await store.reserve(name, 'other')).toEqual({ kind: 'conflict' });
  });
});
