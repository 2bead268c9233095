import { Platform } from '../support/platform';
import { around, shortOrLong } from '../support/test-length';
import { Traffic } from '../support/traffic';

const gateways = 3;
const conversations = shortOrLong(9, 30);
const pace = shortOrLong({ outMs: 250, inMs: 500 }, { outMs: 150, inMs: 150 });
const arrivedWithinMs = shortOrLong(90_000, 600_000);
/** How much later than it was told to an agent may be back. */
const latenessMs = 2_000;

// Seen red with all agents told the same wait, and with none told any.
describe('a rolling restart of all gateways', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await Platform.start('--limits', 'relaxed', '--replicas', `gateway=${gateways}`);
  }, around(0));
  afterAll(() => platform.dispose(), around(0));

  it(
    'loses no message, keeps no agent away for longer than it was told, and spreads their return',
    async () => {
      const traffic = await Traffic.on(platform, conversations);
      const over = new AbortController();
      const flowing = traffic.goOnUntil(over.signal, pace);
      for (let replica = 1; replica <= gateways; replica += 1) {
        const pid = await platform.pid('gateway', replica);
        process.kill(pid, 'SIGTERM');
        await platform.replaced('gateway', pid, replica);
      }
      over.abort();
      await flowing;
      await traffic.hasArrived(arrivedWithinMs);

      const absences = traffic.agents.flatMap(({ absences: of }) => of);
      expect(absences.length).toBeGreaterThanOrEqual(conversations);
      expect(absences.filter(({ toldMs }) => toldMs === undefined)).toEqual([]);
      expect(absences.filter(({ toldMs = 0, lastedMs }) => lastedMs > toldMs + latenessMs)).toEqual([]);
      expect(new Set(absences.map(({ toldMs }) => toldMs)).size).toBeGreaterThan(absences.length / 3);
    },
    around(120 + arrivedWithinMs / 1_000),
  );
});
