import { streams, subjects } from '@claw/contracts';
import { instant } from '@claw/kernel';
import {
  buryMessage,
  connectNats,
  consume,
  type Consumer,
  done,
  ensureTopology,
  invalid,
  JetStreamPublisher,
  type NatsLink,
} from '@claw/messaging';
import { eventually, tempDir, withNats } from '@claw/testing';
import { dataFolder } from '../state/data-folder';
import { writeRun } from '../state/run-file';
import { dropDeadLetters, listDeadLetters, openDeadLetter, replayDeadLetters } from './dead-letters';

const stream = streams.inbound.name;

describe('./claw dead-letters', () => {
  const server = withNats();
  const said: string[] = [];
  const tell = (line: string) => said.push(line);
  let data: string;
  let nats: NatsLink;
  let publisher: JetStreamPublisher;
  let consumer: Consumer;
  let mended = false;
  const handled: unknown[] = [];

  const start = (durable: string): Consumer =>
    consume(nats, {
      stream,
      durable,
      concurrency: 4,
      ackWaitMs: 1_000,
      maxDeliver: 1,
      deadSubject: subjects.dead(stream),
      handle: async (message) => {
        if (!mended) return invalid('not a notice');
        handled.push(message.json());
        return done();
      },
    });
  const published = async (...bodies: readonly object[]) => {
    for (const body of bodies) await publisher.publish(subjects.inbound('none'), body);
    return eventually(async () => {
      const list = await listDeadLetters({ data });
      expect(list).toHaveLength(bodies.length);
      return list.map(({ id }) => String(id));
    });
  };

  beforeAll(async () => {
    data = await tempDir();
    nats = connectNats({ url: server.url, name: 'test' });
    await ensureTopology(nats, { streams: Object.values(streams), buckets: [], replicas: 1 });
    publisher = new JetStreamPublisher(nats);
    await writeRun(dataFolder(data), {
      api: '',
      socket: '',
      gateways: [],
      carrier: '',
      operator_token: '',
      eventstore: '',
      nats: server.url,
      postgres: '',
      services: [],
    });
    consumer = start('notices');
  });
  beforeEach(() => {
    mended = false;
    said.length = 0;
    handled.length = 0;
  });
  afterEach(() => dropDeadLetters({ data, all: true }, () => undefined));
  afterAll(async () => {
    await consumer.stop(500);
    await nats.close(1_000);
  });

  it('lists what consumers gave up on, and opens one', async () => {
    const [id = ''] = await published({ n: 1 });
    const row = {
      id: Number(id),
      stream,
      consumer: 'notices',
      subject: 'inbound.none',
      attempts: 1,
      reason: 'not a notice',
      bytes: 7,
    };
    expect(await listDeadLetters({ data })).toEqual([expect.objectContaining(row)]);
    const letter = await openDeadLetter(id, { data });
    expect(letter).toMatchObject(row);
    expect(Buffer.from(letter.data).toString()).toBe('{"n":1}');
  });

  it('replays one, and the others stay', async () => {
    const [first = '', second = ''] = await published({ n: 1 }, { n: 2 });
    mended = true;
    expect(await replayDeadLetters({ data, id: second }, tell)).toBe(true);
    await eventually(() => expect(handled).toEqual([{ n: 2 }]));
    expect((await listDeadLetters({ data })).map(({ id }) => String(id))).toEqual([first]);
    expect(said).toEqual([`replayed ${second}, inbound.none, given up by notices of ${stream}`]);
  });

  it('replays all, each once', async () => {
    await published({ n: 1 }, { n: 2 }, { n: 3 });
    mended = true;
    expect(await replayDeadLetters({ data, all: true }, tell)).toBe(true);
    await eventually(() => expect(handled).toHaveLength(3));
    expect(handled).toEqual(expect.arrayContaining([{ n: 1 }, { n: 2 }, { n: 3 }]));
    expect(await listDeadLetters({ data })).toEqual([]);
    expect(said).toHaveLength(3);
  });

  it('goes once through all that is there, though each of them fails again', async () => {
    const before = await published({ n: 1 }, { n: 2 });
    expect(await replayDeadLetters({ data, all: true }, tell)).toBe(true);
    await eventually(async () => {
      const after = (await listDeadLetters({ data })).map(({ id }) => String(id));
      expect(after).toHaveLength(2);
      expect(after.filter((id) => before.includes(id))).toEqual([]);
    });
    expect(said).toHaveLength(2);
  });

  it('keeps a letter whose consumer is gone, says so, and replays the others', async () => {
    const [ours = ''] = await published({ n: 1 });
    const given = { subject: 'inbound.none', sequence: 1, storedAt: instant(0), data: new Uint8Array() };
    await buryMessage(publisher, subjects.dead(stream), {
      stream,
      consumer: 'retired',
      message: { ...given, headers: undefined },
      reason: 'not a notice',
      attempts: 1,
      id: 'of a consumer that is no more',
    });
    mended = true;
    expect(await replayDeadLetters({ data, all: true }, tell)).toBe(false);
    const [kept, ...others] = await listDeadLetters({ data });
    expect([kept?.consumer, others]).toEqual(['retired', []]);
    expect(said.sort()).toEqual([
      `kept ${kept?.id}, inbound.none, given up by retired of ${stream}: nobody takes anything back under that name`,
      `replayed ${ours}, inbound.none, given up by notices of ${stream}`,
    ]);
  });

  it('drops one or all, and says which', async () => {
    const [first = ''] = await published({ n: 1 }, { n: 2 }, { n: 3 });
    expect(await dropDeadLetters({ data, id: first }, tell)).toBe(true);
    expect(said).toEqual([`dropped ${first}, inbound.none, given up by notices of ${stream}: not a notice`]);
    expect(await listDeadLetters({ data })).toHaveLength(2);
    await dropDeadLetters({ data, all: true }, tell);
    expect(said).toHaveLength(3);
    expect(await listDeadLetters({ data })).toEqual([]);
    expect(handled).toEqual([]);
  });

  it.each(['999999', '0', '-1', '1e3', 'all', ''])(
    'says in one line that there is no letter "%s"',
    async (id) => {
      const line = `there is no dead letter ${id} (./claw dead-letters list shows what there is)`;
      await expect(openDeadLetter(id, { data })).rejects.toThrow(line);
      await expect(replayDeadLetters({ data, id }, tell)).rejects.toThrow(line);
      await expect(dropDeadLetters({ data, id }, tell)).rejects.toThrow(line);
      expect(said).toEqual([]);
    },
  );

  it('takes an id or --all, not both and not neither', async () => {
    const wrong = "give a letter's id, or --all";
    await expect(dropDeadLetters({ data }, tell)).rejects.toThrow(wrong);
    await expect(dropDeadLetters({ data, id: '1', all: true }, tell)).rejects.toThrow(wrong);
    await expect(replayDeadLetters({ data }, tell)).rejects.toThrow(wrong);
  });

  it('says in one line that nothing is up', async () => {
    await expect(listDeadLetters({ data: await tempDir() })).rejects.toThrow(/^nothing is up on/);
  });
});
