import { randomInt } from 'node:crypto';
import { Platform } from '../support/platform';
import { around, shortOrLong } from '../support/test-length';
import { Traffic } from '../support/traffic';

const seconds = shortOrLong(20, 60);
const conversations = shortOrLong(4, 20);
/** The long form: 200 messages a second each way. */
const pace = shortOrLong({ outMs: 20, inMs: 200 }, { outMs: 100, inMs: 100 });
/** What was accepted faster than it can be handed over here is worked off afterwards. */
const arrivedWithinMs = shortOrLong(90_000, 600_000);
const victims = ['gateway', 'routing', 'tenancy', 'api', 'eventstore', 'postgres', 'nats'] as const;

// Seen red with another idempotency key in each attempt at the carrier.
describe('chaos', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await Platform.start('--limits', 'relaxed');
  }, around(0));
  afterAll(() => platform.dispose(), around(0));

  it(
    'of killed processes loses and doubles nothing, out and in, and keeps each chat in order',
    async () => {
      const traffic = await Traffic.on(platform, conversations);
      const over = AbortSignal.timeout(seconds * 1_000);
      const killing = (async () => {
        const first = randomInt(victims.length);
        for (let round = 0; !over.aborted; round += 1) {
          // Each in turn, then any.
          const next = round < victims.length ? (first + round) % victims.length : randomInt(victims.length);
          const victim = victims[next] ?? 'gateway';
          const pid = await platform.crash(victim);
          await platform.replaced(victim, pid);
        }
      })();
      await Promise.all([traffic.goOnUntil(over, pace), killing]);
      await traffic.hasArrived(arrivedWithinMs);
    },
    around(seconds + arrivedWithinMs / 1_000),
  );
});
