import { eventually, type NatsCluster, type NatsNode, type ServerFixture } from '@claw/testing';
import type { NatsLink } from '../connection/nats-link';

/** Elections take 4 to 9 s, and more where no candidate wins at once. */
const elected = { withinMs: 30_000, everyMs: 50 };

/** A stream, or a consumer of it: each has a leader of its own. */
export interface Led {
  readonly stream: string;
  readonly consumer?: string;
}

/** For tests on a cluster: who leads what. */
export const withLeaders = (fixture: ServerFixture<NatsCluster>) => {
  const leaderNow = async (link: NatsLink, { stream, consumer }: Led): Promise<NatsNode> => {
    const { streams, consumers } = await link.manager(250);
    const info = await (consumer === undefined ? streams.info(stream) : consumers.info(stream, consumer));
    return fixture.server.node(info.cluster?.leader ?? '');
  };

  /** Who leads it, once somebody does. */
  const leaderOf = (link: NatsLink, led: Led): Promise<NatsNode> =>
    eventually(() => leaderNow(link, led), elected);

  /** Has it led by that very node, handed over in order. */
  const moveTo = (link: NatsLink, node: NatsNode, led: Led): Promise<void> =>
    eventually(async () => {
      const { stream, consumer } = led;
      const group = consumer === undefined ? 'STREAM' : 'CONSUMER';
      const name = consumer === undefined ? stream : `${stream}.${consumer}`;
      if ((await leaderOf(link, led)) !== node) {
        await link
          .now()
          .connection.request(`$JS.API.${group}.LEADER.STEPDOWN.${name}`, '', { timeout: 2_000 });
      }
      expect((await leaderOf(link, led)).name).toBe(node.name);
    }, elected);

  /** Runs `look` while each node leads it, one after the other. */
  const eachInTurn = async (link: NatsLink, led: Led, look: () => Promise<void>): Promise<void> => {
    for (const node of fixture.server.nodes) {
      await moveTo(link, node, led);
      await look();
    }
  };

  return { leaderOf, moveTo, eachInTurn };
};
