import { randomBytes } from 'node:crypto';
import { routingCalls } from '@claw/contracts';
import { newId } from '@claw/kernel';
import { ServiceClient } from '@claw/messaging';
import { askOf } from '../ask-of';
import { atLeast, atMost, type Figure } from '../figure';
import { fillRouteLog, standAtEnd } from '../load/route-log';
import { absolute, compared } from '../rounds';
import type { LogReading } from '../targets/log-reader';
import { Workbench } from '../workbench';

const deadlineMs = 600_000;

/** The phone routes made anew from the log, at two sizes, each beside reading that log with the bare client. */
export const rebuild = async ({ few, many } = { few: 10_000, many: 100_000 }): Promise<readonly Figure[]> => {
  const small = await rebuilt(few);
  const large = await rebuilt(many);
  const growth = `projection rebuild, time of ${many.toLocaleString('en')} by ${few.toLocaleString('en')} events`;
  return [
    perSecond(small),
    perSecond(large),
    absolute(growth, [large.ms / small.ms], atMost((1.2 * many) / few)),
  ];
};

interface Rebuilding {
  readonly events: number;
  readonly written: number;
  /** Into an empty bucket and an empty table. */
  readonly ms: number;
  /** Again, with nothing to change. */
  readonly againMs: number;
  readonly reading: LogReading;
}

/** A log of so many events on servers of its own, read bare and then rebuilt from. */
const rebuilt = (events: number): Promise<Rebuilding> =>
  Workbench.use(async (bench) => {
    const POSTGRES_URL = await bench.postgres();
    const EVENTSTORE_URL = await bench.eventStore();
    await standAtEnd(bench.link, await fillRouteLog(EVENTSTORE_URL, events));
    await bench.service('routing', {
      POSTGRES_URL,
      EVENTSTORE_URL,
      LINQ_API_V3_API_KEY: 'bench',
      LINQ_API_V3_BASE_URL: 'http://127.0.0.1:9',
      LINQ_WEBHOOK_SECRET: `whsec_${randomBytes(24).toString('base64')}`,
    });
    const reading = await askOf<LogReading>(
      await bench.baseline('log-reader', { EVENTSTORE_URL }, deadlineMs),
    );
    const calls = new ServiceClient(bench.link);
    const run = async () => {
      const since = performance.now();
      const context = { actor: { kind: 'operator', id: 'bench' }, requestId: newId() } as const;
      const answer = await calls.call(routingCalls.rebuild, { projection: 'routes' }, context, {
        timeoutMs: deadlineMs,
      });
      if (!answer.ok) throw new Error(`the rebuild was refused: ${answer.error.detail}`);
      return { ms: performance.now() - since, ...answer.value };
    };
    const { ms, written, unchanged } = await run();
    // Else routing's follower had a hand in it, and the figure would tell of both.
    if (unchanged > 0) throw new Error(`${unchanged} entries were there before the rebuild`);
    return { events: reading.events, written, ms, againMs: (await run()).ms, reading };
  });

const perSecond = ({ events, written, ms, againMs, reading }: Rebuilding): Figure => {
  const eventsIn = (passedMs: number) => (events * 1_000) / passedMs;
  return compared(
    `projection rebuild from ${events.toLocaleString('en')} events, events/s`,
    [{ ours: eventsIn(ms), beside: eventsIn(reading.ms) }],
    atLeast(0.3),
    { 'entries written': written, 'with nothing to change, events/s': Math.round(eventsIn(againMs)) },
  );
};
