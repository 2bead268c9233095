import { setTimeout as pause } from 'node:timers/promises';
import { Phones } from '../support/phones';
import { Platform } from '../support/platform';
import { around, shortOrLong } from '../support/test-length';
import { Traffic } from '../support/traffic';

const spellMs = shortOrLong(4_000, 20_000);
const conversations = shortOrLong(4, 20);
const pace = shortOrLong({ outMs: 50, inMs: 200 }, { outMs: 100, inMs: 100 });
const arrivedWithinMs = shortOrLong(90_000, 600_000);

// Seen red with another idempotency key in each attempt at the carrier, and with a 429 taken for a refusal.
describe('a carrier in trouble', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await Platform.start('--limits', 'relaxed');
  }, around(0));
  afterAll(() => platform.dispose(), around(0));

  it(
    'that is down, then answers too late, then asks to wait, loses and doubles nothing and turns nothing around',
    async () => {
      const phones = new Phones((await platform.run()).carrier);
      const traffic = await Traffic.on(platform, conversations);
      const over = new AbortController();
      const flowing = traffic.goOnUntil(over.signal, pace);
      await phones.behave({ outage: true });
      await pause(spellMs);
      // Longer than anybody waits for an answer: each message gets through, and nobody is told.
      await phones.behave({ outage: null, delays: { answer_ms: 20_000 } });
      await pause(spellMs);
      await phones.behave({
        delays: null,
        fail: { status: 429, code: 1007, retry_after: 1, times: conversations * 20 },
      });
      await pause(spellMs);
      await phones.behave({ fail: null });
      await pause(spellMs / 4);
      over.abort();
      await flowing;
      await traffic.hasArrived(arrivedWithinMs);
    },
    around((spellMs * 4 + arrivedWithinMs) / 1_000),
  );
});
