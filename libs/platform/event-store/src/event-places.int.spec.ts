import { eventually, withEventStore } from '@claw/testing';
import { AggregateStore } from './aggregate-store';
import { EventLog } from './event-log';
import { type EventPlace, EventPlaces } from './event-places';
import { EventStore } from './event-store';
import type { Position } from './position';
import { add, freshCategory, metadata, tally, tallyCodec } from './testing/tally';

describe('the places of the log', () => {
  const server = withEventStore();
  let store: EventStore;
  const following = new AbortController();
  const followers: Promise<void>[] = [];

  beforeAll(() => {
    store = new EventStore({ url: server.url, deadlineMs: 3_000 });
  });
  afterAll(async () => {
    following.abort();
    await Promise.all(followers);
    await store.close();
  });

  const follow = (category: string, after: Position | 'start' = 'start') => {
    const seen: EventPlace[] = [];
    const silent = { warn: () => undefined, error: () => undefined };
    followers.push(
      new EventPlaces(store).follow({
        prefixes: [`${category}-`],
        after,
        signal: following.signal,
        logger: silent,
        handle: (place) => void seen.push(place),
      }),
    );
    return seen;
  };

  it('are those of the events, in order, from any of them on', async () => {
    const category = freshCategory();
    const tallies = new AggregateStore(store, tally);
    for (const n of [1, 2, 3]) await tallies.execute(`${category}-${n}`, add(n), metadata);
    const events: EventPlace[] = [];
    for await (const { id, streamId, revision, position, at } of new EventLog(store, tallyCodec).readAll({
      prefixes: [`${category}-`],
    })) {
      events.push({ id, streamId, revision, position, at });
    }
    const all = follow(category);
    await eventually(() => expect(all).toEqual(events));
    const rest = follow(category, events[0]?.position);
    await eventually(() => expect(rest).toEqual(events.slice(1)));
  });

  it('say nothing of what the events say, whoever can read them', async () => {
    const category = freshCategory();
    const id = crypto.randomUUID();
    await store.append(`${category}-1`, 'none', [
      { id, type: 'Private.v1', data: { text: 'secret' }, metadata },
    ]);
    const seen = follow(category);
    await eventually(() => expect(seen).toHaveLength(1));
    expect(Object.keys(seen[0] ?? {}).sort()).toEqual(['at', 'id', 'position', 'revision', 'streamId']);
    expect(seen[0]?.id).toBe(id);
  });
});
