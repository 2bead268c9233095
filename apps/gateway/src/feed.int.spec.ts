import { randomBytes } from 'node:crypto';
import { streams, subjects } from '@claw/contracts';
import { instant } from '@claw/kernel';
import { eventually, withNats } from '@claw/testing';
import { Platform, type TestSubaccount } from './testing/platform.fixture';
import { TestAgent } from './testing/test-agent.fixture';
import { startGateway, type TestGateway } from './testing/test-gateway.fixture';

const nats = withNats();
let platform: Platform;
let gateway: TestGateway;

beforeAll(async () => {
  platform = await Platform.on(nats.url);
  gateway = await startGateway({ natsUrl: nats.url, limits: 'relaxed' });
}, 60_000);

afterAll(async () => {
  await gateway.stop();
  await platform.close();
});

const feedMany = async (sub: TestSubaccount, count: number): Promise<number[]> => {
  const seqs: number[] = [];
  for (let index = 0; index < count; index += 1) seqs.push(await platform.feed(sub, `text ${index}`));
  return seqs;
};
const seqsOf = (agent: TestAgent) => agent.all('message').map(({ seq }) => seq);

describe('the feed', () => {
  it('comes live, each entry as it was stored with its seq, and pong tells the newest', async () => {
    const sub = await platform.subaccount();
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    const seqs = await feedMany(sub, 20);
    await agent.first('message', ({ seq }) => seq === seqs.at(-1));
    expect(seqsOf(agent)).toEqual(seqs);
    expect(agent.all('message')[3]).toMatchObject({ text: 'text 3', isGroup: false });
    expect(agent.all('message')[3]).not.toHaveProperty('replay');
    agent.send({ type: 'ping' });
    expect(await agent.first('pong')).toEqual({ type: 'pong', seq: seqs.at(-1) });
    await agent.end();
  });

  it('is nobody else’s', async () => {
    const [sub, other] = [await platform.subaccount(), await platform.subaccount()];
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    await platform.feed(other, 'not yours');
    const own = await platform.feed(sub, 'yours');
    await agent.first('message', ({ seq }) => seq === own);
    agent.send({ type: 'sync', after_seq: 0 });
    await agent.first('sync.done');
    expect(seqsOf(agent)).toEqual([own]);
    await agent.end();
  });

  it('is replayed after a seq, in order, to its end', async () => {
    const sub = await platform.subaccount();
    const seqs = await feedMany(sub, 30);
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    const { seq: head, epoch } = await agent.first('ready');
    expect(head).toBe(seqs.at(-1));
    agent.send({ type: 'sync', after_seq: seqs[9], epoch });
    expect(await agent.first('sync.done')).toEqual({ type: 'sync.done', count: 20, seq: head });
    expect(seqsOf(agent)).toEqual(seqs.slice(10));
    expect(agent.all('message').every(({ replay }) => replay === true)).toBe(true);
    expect(agent.all('sync.gap')).toEqual([]);
    await agent.end();
  });

  it('is replayed since a time', async () => {
    const sub = await platform.subaccount();
    await feedMany(sub, 3);
    const storedMs = Date.now();
    await eventually(() => expect(Date.now()).toBeGreaterThan(storedMs), { everyMs: 1 });
    const since = instant(Date.now());
    const later = await feedMany(sub, 3);
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    agent.send({ type: 'sync', since });
    expect(await agent.first('sync.done')).toMatchObject({ count: 3 });
    expect(seqsOf(agent)).toEqual(later);
    await agent.end();
  });

  it('gives nothing twice with the same seq, whatever is replayed while entries come live', async () => {
    const sub = await platform.subaccount();
    const before = await feedMany(sub, 200);
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    agent.send({ type: 'sync', after_seq: before[99] });
    const live = await feedMany(sub, 50);
    agent.send({ type: 'sync', after_seq: before[149] });
    agent.send({ type: 'sync', after_seq: 0 });
    await eventually(() => expect(agent.all('sync.done')).toHaveLength(3));
    await agent.first('message', ({ seq }) => seq === live.at(-1));
    const seqs = seqsOf(agent);
    expect(new Set(seqs).size).toBe(seqs.length);
    expect([...seqs].sort((a, b) => Number(a) - Number(b))).toEqual([...before, ...live]);
    expect(agent.all('sync.done').map(({ count }) => count)).toEqual([100, 0, 100]);
    const liveOnly = agent.all('message').filter(({ replay }) => replay === undefined);
    expect(liveOnly.map(({ seq }) => seq)).toEqual(live);
    await agent.end();
  });

  it('tells of a gap where the epoch is another, and replays what there is', async () => {
    const sub = await platform.subaccount();
    const seqs = await feedMany(sub, 3);
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    agent.send({ type: 'sync', after_seq: 1_000_000, epoch: 'another life' });
    expect(await agent.first('sync.done')).toMatchObject({ count: 3 });
    expect(agent.frames.map(({ type }) => type)).toEqual([
      'ready',
      'sync.gap',
      ...seqs.map(() => 'message'),
      'sync.done',
    ]);
    await agent.end();
  });

  it('tells of a gap where older entries than asked for are not kept any more', async () => {
    const sub = await platform.subaccount();
    const seqs = await feedMany(sub, 5);
    const manager = await platform.nats.manager();
    await manager.streams.purge(streams.feed.name, { seq: Number(seqs[2]) });
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    agent.send({ type: 'sync', after_seq: seqs[0] });
    expect(await agent.first('sync.done')).toMatchObject({ count: 3 });
    expect(await agent.first('sync.gap')).toEqual({ type: 'sync.gap', oldest_seq: seqs[2] });
    agent.send({ type: 'sync', since: '2020-01-01T00:00:00Z' });
    await eventually(() => expect(agent.all('sync.gap')).toHaveLength(2));
    await agent.end();
  });

  it('tells of a gap where nothing is kept any more of what was asked for', async () => {
    const sub = await platform.subaccount();
    await feedMany(sub, 2);
    await (await platform.nats.manager()).streams.purge(streams.feed.name);
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    agent.send({ type: 'sync', since: instant(Date.now() - 60_000) });
    await agent.first('sync.done');
    expect(agent.all('sync.gap')).toEqual([]);
    agent.send({ type: 'sync', since: '2020-01-01T00:00:00Z' });
    await eventually(() => expect(agent.all('sync.gap')).toHaveLength(1));
    await agent.end();
  });

  it('is filled up from the stream where a live entry was lost on the way', async () => {
    const sub = await platform.subaccount();
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    const { connection } = platform.nats.now();
    const { headers } = await import('nats');
    const [first, second] = await feedMany(sub, 2);
    await agent.first('message', ({ seq }) => seq === second);
    // As the server would republish it after an entry between that never arrived.
    const forged = headers();
    forged.set('Nats-Sequence', String(Number(second) + 2));
    forged.set('Nats-Last-Sequence', String(Number(second) + 1));
    connection.publish(subjects.live(sub.subaccountId), '{"type":"message"}', { headers: forged });
    const third = await platform.feed(sub, 'real');
    await agent.first('message', ({ seq }) => seq === third);
    expect(seqsOf(agent)).toEqual([first, second, third]);
    await agent.end();
  });

  it('ends a socket that doesn’t read with 4008, and no other', async () => {
    const [slowSub, sub] = [await platform.subaccount(), await platform.subaccount()];
    const slow = await TestAgent.connect(gateway.socket, slowSub.key);
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    slow.socket.pause();
    const filler = randomBytes(100_000).toString('base64');
    for (let index = 0; index < 120; index += 1) await platform.feed(slowSub, filler);
    const seq = await platform.feed(sub, 'still here');
    await agent.first('message', (frame) => frame['seq'] === seq);
    slow.socket.resume();
    expect((await slow.untilClosed()).code).toBe(4008);
    expect(agent.closed).toBeUndefined();
    await agent.end();
  }, 30_000);

  it('is replayed at the pace of a slow reader', async () => {
    const sub = await platform.subaccount();
    const filler = randomBytes(30_000).toString('base64');
    for (let index = 0; index < 300; index += 1) await platform.feed(sub, filler);
    const agent = await TestAgent.connect(gateway.socket, sub.key);
    agent.send({ type: 'sync', after_seq: 0 });
    await agent.first('message');
    agent.socket.pause();
    const other = await platform.subaccount();
    const busy = await TestAgent.connect(gateway.socket, other.key);
    await feedMany(other, 50);
    await eventually(() => expect(busy.all('message')).toHaveLength(50));
    agent.socket.resume();
    expect(await agent.first('sync.done', () => true, 15_000)).toMatchObject({ count: 300 });
    expect(agent.closed).toBeUndefined();
    await Promise.all([agent.end(), busy.end()]);
  }, 30_000);
});
