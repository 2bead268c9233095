import { Unavailable, accept } from '@claw/kernel';
import { eventually, withEventStore } from '@claw/testing';
import { AggregateStore } from './aggregate-store';
import { CodecError } from './codec';
import { EventStore } from './event-store';
import { TooManyConflicts } from './store-errors';
import { add, freshCategory, metadata, tally } from './testing/tally';

describe('an aggregate store', () => {
  const server = withEventStore();
  let store: EventStore;
  let tallies: AggregateStore<number, Parameters<typeof tally.evolve>[1]>;
  let stream: string;

  beforeEach(() => {
    store = new EventStore({ url: server.url, deadlineMs: 3_000 });
    tallies = new AggregateStore(store, tally);
    stream = `${freshCategory()}-1`;
  });
  afterEach(() => store.close());

  it('knows nothing of a stream that is not there', async () => {
    expect(await tallies.load(stream)).toEqual({ state: 0, revision: 'none' });
  });

  it('answers the state and revision after the events, and loads the same', async () => {
    const first = await tallies.execute(stream, add(5), metadata);
    expect(first).toMatchObject({ state: 5, revision: 0n, events: [{ type: 'Added', data: { n: 5 } }] });
    const two = () =>
      accept({ type: 'Added' as const, data: { n: 1 } }, { type: 'Added' as const, data: { n: 2 } });
    expect(await tallies.execute(stream, two, metadata)).toMatchObject({ state: 8, revision: 2n });
    expect(await tallies.load(stream)).toEqual({ state: 8, revision: 2n });
  });

  it('appends nothing where nothing is to change or it was refused', async () => {
    await tallies.execute(stream, add(99), metadata);
    expect(await tallies.execute(stream, add(0), metadata)).toMatchObject({
      state: 99,
      revision: 0n,
      events: [],
    });
    expect(await tallies.execute(stream, add(2), metadata)).toMatchObject({
      decision: { accepted: false, code: 'too_much' },
      state: 99,
      revision: 0n,
      events: [],
    });
    expect(await tallies.load(stream)).toEqual({ state: 99, revision: 0n });
  });

  it('decides again where another was faster, so that a rule holds under any race', async () => {
    const attempts = await Promise.all(
      Array.from({ length: 12 }, () => tallies.execute(stream, add(30), metadata)),
    );
    expect(attempts.filter(({ decision }) => decision.accepted)).toHaveLength(3);
    expect(await tallies.load(stream)).toEqual({ state: 90, revision: 2n });
  });

  it('gives up where it is never the first', async () => {
    let rivals = 0;
    const overtaken = async (sum: number) => {
      rivals += 1;
      await tallies.execute(stream, add(1), metadata);
      return add(1)(sum);
    };
    await expect(tallies.execute(stream, overtaken, metadata)).rejects.toThrow(TooManyConflicts);
    expect(await tallies.load(stream)).toMatchObject({ state: rivals });
  });

  it('keeps who asked beside each event', async () => {
    await tallies.execute(stream, add(1), { ...metadata, causationId: 'cause-1' });
    const [event] = await store.readStream(stream);
    expect(event).toMatchObject({ type: 'Added.v1', metadata: { ...metadata, causationId: 'cause-1' } });
  });

  it('refuses to guess at an event that is not of its kind', async () => {
    await store.append(stream, 'none', [{ id: crypto.randomUUID(), type: 'Stolen.v1', data: {}, metadata }]);
    await expect(tallies.load(stream)).rejects.toThrow(CodecError);
  });

  describe('whose answers get lost', () => {
    /** Appends for real, then says that the store was away. */
    class ForgetfulStore extends EventStore {
      losses = 0;

      constructor(
        url: string,
        private readonly lossy: (loss: number) => boolean,
      ) {
        super({ url });
      }

      override async append(...args: Parameters<EventStore['append']>): ReturnType<EventStore['append']> {
        const place = await super.append(...args);
        this.losses += 1;
        if (this.lossy(this.losses)) throw new Unavailable('event store', true);
        return place;
      }
    }

    const forgetful = (lossy: (loss: number) => boolean) => {
      const lossyStore = new ForgetfulStore(server.url, lossy);
      return { lossyStore, lossyTallies: new AggregateStore(lossyStore, tally) };
    };

    it('appends once although it has to ask twice', async () => {
      const { lossyStore, lossyTallies } = forgetful((loss) => loss === 1);
      expect(await lossyTallies.execute(stream, add(5), metadata)).toMatchObject({ state: 5, revision: 0n });
      expect(lossyStore.losses).toBe(2);
      expect(await tallies.load(stream)).toEqual({ state: 5, revision: 0n });
      await lossyStore.close();
    });

    it('says that the outcome is unknown where no answer comes at all', async () => {
      const { lossyStore, lossyTallies } = forgetful(() => true);
      await expect(lossyTallies.execute(stream, add(5), metadata)).rejects.toMatchObject({
        outcomeUnknown: true,
      });
      expect(await tallies.load(stream)).toEqual({ state: 5, revision: 0n });
      await lossyStore.close();
    });
  });

  describe('while the server is away', () => {
    afterEach(() => server.up());

    it('fails in time, and works again in the first call after the server is back', async () => {
      await tallies.execute(stream, add(1), metadata);
      await server.crash();
      const started = performance.now();
      await expect(tallies.execute(stream, add(1), metadata)).rejects.toThrow(Unavailable);
      await expect(store.ping()).rejects.toThrow(Unavailable);
      expect(performance.now() - started).toBeLessThan(5_000);
      await server.up();
      expect(await tallies.execute(stream, add(2), metadata)).toMatchObject({ state: 3, revision: 1n });
      await store.ping();
    });

    it('can be made before the server is there', async () => {
      await server.crash();
      const early = new EventStore({ url: server.url });
      await expect(early.ping(1_000)).rejects.toThrow(Unavailable);
      await server.up();
      await early.ping();
      await early.close();
    });

    it('loses nothing that was acknowledged in a crash amid many appends', async () => {
      const acknowledged: string[] = [];
      const failures: unknown[] = [];
      const category = freshCategory();
      const one = async (index: number) => {
        const own = `${category}-${index}`;
        await tallies.execute(own, add(1), metadata).then(
          () => acknowledged.push(own),
          (error: unknown) => failures.push(error),
        );
      };
      const burst = Array.from({ length: 300 }, (_, index) => one(index));
      await eventually(() => expect(acknowledged.length).toBeGreaterThan(20));
      await server.crash();
      await Promise.all(burst);
      await server.up();
      for (const failure of failures) expect(failure).toBeInstanceOf(Unavailable);
      const loaded = await Promise.all(acknowledged.map((own) => tallies.load(own)));
      expect(loaded.filter(({ state }) => state !== 1)).toEqual([]);
    });
  });
});
