import { z } from 'zod';
import { eventually } from '@claw/testing';
import type { RunFile } from './claw';

/** What a node's monitoring page tells of the streams that it keeps. */
const streamsSchema = z.object({
  account_details: z.array(
    z.object({
      stream_detail: z.array(
        z.object({ name: z.string(), cluster: z.object({ leader: z.string().optional() }).optional() }),
      ),
    }),
  ),
});

/** The replica of `nats` that leads a stream, once one does. */
export const leaderAmong = ({ services }: RunFile, stream: string): Promise<number> =>
  eventually(
    async () => {
      const [node] = services.filter(({ name }) => name === 'nats');
      const page = new URL('/jsz?streams=true', node?.health);
      const answer = await fetch(page, { signal: AbortSignal.timeout(2_000) });
      const { account_details } = streamsSchema.parse(await answer.json());
      const found = account_details.flatMap((each) => each.stream_detail).find(({ name }) => name === stream);
      const leader = /^nats-(\d)$/.exec(found?.cluster?.leader ?? '')?.[1];
      if (leader === undefined) throw new Error(`nobody leads ${stream}`);
      return Number(leader);
    },
    { withinMs: 20_000, everyMs: 100 },
  );
