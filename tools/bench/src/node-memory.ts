import { once } from 'node:events';
import { freePort } from '@claw/local-servers';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Target } from './workbench';

const deadlineMs = 30_000;
const pollMs = 100;

const listSchema = z.tuple([z.object({ webSocketDebuggerUrl: z.string() })]);
const answerSchema = z.object({ id: z.number(), result: z.unknown() });
const bytesSchema = z.object({ result: z.object({ value: z.number() }) });

/** A way to look into a Node process from outside: it costs the process nothing until it is used. */
export interface Inspection {
  /** What the process is to be started with. */
  readonly env: Readonly<Record<string, string>>;
  /** Bytes that live values take after a full collection: on the heap, and beside it as typed arrays do. */
  liveBytes(target: Target): Promise<number>;
}

export const inspection = async (): Promise<Inspection> => {
  const port = await freePort();
  return {
    env: { NODE_OPTIONS: `--inspect-port=127.0.0.1:${port}` },
    liveBytes: async ({ pid }) => {
      // Node opens its inspector at this signal.
      process.kill(pid, 'SIGUSR1');
      const socket = new WebSocket(await inspectorOf(port));
      try {
        await once(socket, 'open');
        await ask(socket, 'HeapProfiler.collectGarbage');
        const expression = '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())';
        return bytesSchema.parse(await ask(socket, 'Runtime.evaluate', { expression })).result.value;
      } finally {
        socket.terminate();
      }
    },
  };
};

const inspectorOf = async (port: number): Promise<string> => {
  const signal = AbortSignal.timeout(deadlineMs);
  for (;;) {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/json/list`, { signal });
      return listSchema.parse(await response.json())[0].webSocketDebuggerUrl;
    } catch (error) {
      if (signal.aborted) throw error;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }
};

let asked = 0;

const ask = async (socket: WebSocket, method: string, params: object = {}): Promise<unknown> => {
  const id = (asked += 1);
  socket.send(JSON.stringify({ id, method, params }));
  for (;;) {
    const [data] = (await once(socket, 'message', { signal: AbortSignal.timeout(deadlineMs) })) as [Buffer];
    const answer = answerSchema.safeParse(JSON.parse(data.toString()));
    if (answer.success && answer.data.id === id) return answer.data.result;
  }
};
