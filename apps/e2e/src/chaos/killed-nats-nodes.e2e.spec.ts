import { randomInt } from 'node:crypto';
import { leaderAmong } from '../support/nats-nodes';
import { Platform } from '../support/platform';
import { around, shortOrLong } from '../support/test-length';
import { Traffic } from '../support/traffic';

const kills = shortOrLong(2, 40);
const conversations = shortOrLong(3, 20);
const pace = shortOrLong({ outMs: 150, inMs: 200 }, { outMs: 100, inMs: 100 });
const arrivedWithinMs = shortOrLong(90_000, 600_000);
/** So many of each agent's texts are accepted before the next node is killed, and after the last. */
const textsBetween = 10;
const nodes = 3;
/** A new leader takes up to 9 s, the node that was killed has to catch up, and everybody goes on. */
const secondsAKill = 30;

describe('chaos in a NATS cluster', () => {
  let platform: Platform;
  beforeAll(async () => {
    platform = await Platform.start('--limits', 'relaxed', '--nats-nodes', String(nodes));
  }, around(0));
  afterAll(() => platform.dispose(), around(0));

  // Seen red where the gateway answers before the stream has acknowledged (what is sent while a leader is elected is
  // lost), and where it publishes without Nats-Msg-Id (what is sent again reaches the phone again).
  it(
    'whose nodes are killed one at a time loses and doubles nothing, out and in, and keeps each chat in order',
    async () => {
      const traffic = await Traffic.on(platform, conversations);
      const over = new AbortController();
      const killing = async (): Promise<void> => {
        const first = randomInt(nodes);
        for (let round = first; round < first + kills; round += 1) {
          await traffic.goesOn(textsBetween);
          // Who leads decides; who merely has a copy comes in its turn.
          const node =
            round % 2 === 0 ? await leaderAmong(await platform.run(), 'OUTBOUND') : 1 + (round % nodes);
          const pid = await platform.crash('nats', node);
          await platform.replaced('nats', pid, node);
        }
        await traffic.goesOn(textsBetween);
      };
      const talking = traffic.goOnUntil(over.signal, pace);
      await Promise.all([killing().finally(() => over.abort()), talking]);
      await traffic.hasArrived(arrivedWithinMs);
    },
    around(kills * secondsAKill + arrivedWithinMs / 1_000),
  );
});
