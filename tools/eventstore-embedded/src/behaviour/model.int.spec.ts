import { ANY, BACKWARDS, END, isCommandError, NO_STREAM, STREAM_EXISTS } from '@eventstore/db-client';
import type { AppendExpectedRevision } from '@eventstore/db-client';
import fc from 'fast-check';
import { collect, counted, newStream, numbers, storeUnderTest } from './store-under-test';
import { StreamModel } from './stream-model';

const store = storeUnderTest();

/** What a writer expects: in words, or how far off the newest revision it is. */
const expectation = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<AppendExpectedRevision>(ANY, NO_STREAM, STREAM_EXISTS) },
  { weight: 2, arbitrary: fc.constant('newest' as const) },
  { weight: 1, arbitrary: fc.constantFrom('one before' as const, 'one after' as const) },
);
const limits = fc.record(
  { maxCount: fc.integer({ min: 1, max: 4 }), truncateBefore: fc.nat(6) },
  { requiredKeys: [] },
);
const operation = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      op: fc.constant('append' as const),
      expected: expectation,
      count: fc.integer({ min: 1, max: 3 }),
      asStream: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('retry' as const), which: fc.nat(20) }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('delete' as const), expected: expectation }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('describe' as const), limits }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('tombstone' as const) }) },
);

const revisionOf = (
  expected: AppendExpectedRevision | 'newest' | 'one before' | 'one after',
  last: number,
): AppendExpectedRevision => {
  const off = { newest: 0, 'one before': -1, 'one after': 1 };
  if (typeof expected !== 'string' || !(expected in off)) return expected as AppendExpectedRevision;
  return BigInt(Math.max(0, last + off[expected as keyof typeof off]));
};

/** `done`, or the type of the refusal. */
const outcomeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: Error) => {
      if (isCommandError(error)) return error.type;
      throw error;
    },
  );

const readable = async (stream: string, backwards: boolean): Promise<unknown> => {
  const options = backwards ? ({ direction: BACKWARDS, fromRevision: END } as const) : {};
  let found: unknown[] = [];
  const read = collect(store.client.readStream(stream, options)).then((events) => (found = numbers(events)));
  const outcome = await outcomeOf(read);
  return outcome === 'done' ? found : outcome;
};

it('behaves as a stream ought to, whatever is done to it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 15 }), async (operations) => {
      const stream = newStream();
      const model = new StreamModel();
      const taken: {
        events: ReturnType<typeof counted>;
        options: object;
        expected: AppendExpectedRevision;
      }[] = [];
      let next = 0;
      for (const step of operations) {
        const { client } = store;
        switch (step.op) {
          case 'append': {
            const expected = revisionOf(step.expected, model.last);
            const credentials = { username: 'admin', password: 'changeit' };
            const options = { expectedRevision: expected, ...(step.asStream && { credentials }) };
            const events = counted(step.count, next);
            next += step.count;
            const first = model.last + 1;
            const outcome = model.append(
              events.map(({ data }) => data.n),
              expected,
            );
            expect(await outcomeOf(client.appendToStream(stream, events, options))).toBe(outcome);
            // Where NO_STREAM was expected of a deleted stream, EventStoreDB doesn't know a retry for one.
            if (outcome === 'done' && !(expected === NO_STREAM && first > 0))
              taken.push({ events, options, expected });
            break;
          }
          case 'retry': {
            const earlier = taken[step.which % Math.max(1, taken.length)];
            if (earlier === undefined) break;
            const retry = client.appendToStream(stream, earlier.events, earlier.options);
            expect(await outcomeOf(retry)).toBe(model.retry(earlier.expected));
            break;
          }
          case 'delete': {
            const expected = revisionOf(step.expected, model.last);
            if (expected === STREAM_EXISTS) break;
            const deletion = client.deleteStream(stream, { expectedRevision: expected });
            expect(await outcomeOf(deletion)).toBe(model.delete(expected));
            break;
          }
          case 'describe':
            expect(await outcomeOf(client.setStreamMetadata(stream, step.limits))).toBe(
              model.describe(step.limits),
            );
            break;
          case 'tombstone':
            expect(await outcomeOf(client.tombstoneStream(stream))).toBe(model.tombstone());
            break;
        }
        const expected = model.read();
        expect(await readable(stream, false)).toEqual(expected);
        expect(await readable(stream, true)).toEqual(
          typeof expected === 'string' ? expected : [...expected].reverse(),
        );
      }
    }),
    { numRuns: 100, interruptAfterTimeLimit: 20_000 },
  );
});
