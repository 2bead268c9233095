import { eventually, randomName, withNats } from '@claw/testing';
import { withLinks } from '../linked.fixture';
import type { NatsLink } from '../connection/nats-link';
import type { StreamDefinition, Topology } from './definitions';
import { ensureTopology } from './ensure-topology';

describe('ensureTopology', () => {
  const nats = withNats();
  const links = withLinks(nats);

  const streamNamed = (name: string): StreamDefinition => ({
    name,
    subjects: [`${name}.>`],
    discard: 'new',
    maxAgeMs: 60_000,
    duplicateWindowMs: 120_000,
    republish: { source: `${name}.>`, destination: `live.${name}.>` },
  });
  const topologyOf = (...streams: readonly StreamDefinition[]): Topology => ({
    streams,
    buckets: [{ name: randomName('bucket'), ttlMs: 5_000 }],
    replicas: 1,
  });
  const configOf = async (link: NatsLink, stream: string) =>
    (await (await link.manager()).streams.info(stream)).config;

  it('makes the streams and buckets as defined', async () => {
    const link = links.link();
    const topology = topologyOf(streamNamed(randomName('stream')));
    await ensureTopology(link, topology);
    const [stream] = topology.streams;
    const [bucket] = topology.buckets;
    expect(await configOf(link, stream?.name ?? '')).toMatchObject({
      discard: 'new',
      max_age: 60e9,
      duplicate_window: 60e9,
      republish: { src: `${stream?.name}.>`, dest: `live.${stream?.name}.>` },
    });
    expect(await configOf(link, `KV_${bucket?.name}`)).toMatchObject({
      max_age: 5e9,
      max_msgs_per_subject: 1,
      allow_direct: false,
      allow_rollup_hdrs: true,
    });
  });

  it('is done by many processes at once', async () => {
    const topology = topologyOf(...Array.from({ length: 5 }, () => streamNamed(randomName('stream'))));
    const ensured = Array.from({ length: 8 }, () => ensureTopology(links.link(), topology));
    expect(await Promise.all(ensured)).toEqual(Array.from({ length: 8 }, () => true));
  });

  it('brings a stream up to date and keeps its messages', async () => {
    const before = streamNamed(randomName('stream'));
    const link = await links.linkWith([before]);
    await link.jetStream().publish(`${before.name}.a`);
    await ensureTopology(link, topologyOf({ ...before, maxAgeMs: 30_000, discard: 'old' }));
    const { config, state } = await (await link.manager()).streams.info(before.name);
    expect(config).toMatchObject({ max_age: 30e9, duplicate_window: 30e9, discard: 'old' });
    expect(state.messages).toBe(1);
  });

  it('goes on until the server is there', async () => {
    await nats.crash();
    const link = links.link();
    const stream = streamNamed(randomName('stream'));
    const ensured = ensureTopology(link, topologyOf(stream));
    await nats.up();
    expect(await ensured).toBe(true);
    expect((await configOf(link, stream.name)).name).toBe(stream.name);
  });

  it('makes the others where one can not be made as defined', async () => {
    const taken = streamNamed(randomName('stream'));
    const link = await links.linkWith([taken]);
    const overlapping = { ...streamNamed(randomName('stream')), subjects: taken.subjects };
    const fine = streamNamed(randomName('stream'));
    const stop = new AbortController();
    const ensured = ensureTopology(link, topologyOf(overlapping, fine), { signal: stop.signal });
    await eventually(async () => expect((await configOf(link, fine.name)).name).toBe(fine.name));
    stop.abort();
    expect(await ensured).toBe(false);
  });
});
