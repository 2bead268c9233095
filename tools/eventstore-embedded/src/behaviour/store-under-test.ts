import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import type { JSONEventType, ResolvedEvent } from '@eventstore/db-client';
import { withDeadline } from '@claw/kernel';
import { randomName, withEventStore } from '@claw/testing';

/** An address to run the suite against: a real EventStoreDB, as like as not. */
const GIVEN_URL = process.env.EVENTSTORE_URL;

/** For what is the embedded server's own, and not to be asked of a store that was given. */
export const describeEmbedded = GIVEN_URL === undefined ? describe : describe.skip;

/** The store that the suite is run against, from `beforeAll` on: the one that `EVENTSTORE_URL` names, else one of the file's own. */
export const storeUnderTest = (): { readonly client: EventStoreDBClient; readonly url: string } => {
  const embedded = GIVEN_URL === undefined ? withEventStore() : undefined;
  let client: EventStoreDBClient | undefined;
  const url = (): string => GIVEN_URL ?? embedded?.url ?? '';
  afterAll(() => client?.dispose());
  return {
    get url() {
      return url();
    },
    get client() {
      client ??= EventStoreDBClient.connectionString(url());
      return client;
    },
  };
};

export type Counted = JSONEventType<'Counted', { readonly n: number }>;

/** Events that tell their number, from `first` on. */
export const counted = (count: number, first = 0) =>
  Array.from({ length: count }, (_, offset) =>
    jsonEvent<Counted>({ type: 'Counted', data: { n: first + offset } }),
  );

export const newStream = (): string => randomName('behaviour');

/** The longest that a test waits for one thing. */
export const PATIENCE_MS = 10_000;

/** All that a read answers. */
export const collect = async <T>(read: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of read) all.push(item);
  return all;
};

/** The first `count` of what comes; an iteration that is broken off ends the subscription, too. */
export const take = <T>(count: number, subscription: AsyncIterable<T>): Promise<T[]> =>
  withDeadline(
    `getting ${count} events`,
    PATIENCE_MS,
    (async () => {
      const taken: T[] = [];
      for await (const item of subscription) {
        taken.push(item);
        if (taken.length === count) break;
      }
      return taken;
    })(),
  );

/** The numbers that {@link counted} events tell. */
export const numbers = (events: readonly ResolvedEvent[]): unknown[] =>
  events.map(({ event }) => (event?.isJson ? Reflect.get(Object(event.data), 'n') : undefined));

/** What a promise is rejected with; it throws where it isn't. */
export const failure = async (work: Promise<unknown>): Promise<unknown> => {
  const outcome = await work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('error' in outcome) return outcome.error;
  throw new Error(`it succeeded with ${String(outcome.value)}`);
};

export const revisions = (events: readonly ResolvedEvent[]): (bigint | undefined)[] =>
  events.map(({ event }) => event?.revision);
