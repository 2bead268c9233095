import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { WebSocket } from 'ws';

/** One agent's way to send: resolves once the send is answered `ok`, rejects where it is refused. */
export interface Sender {
  send(id: string): Promise<void>;
  close(): void;
}

const frameOf = (id: string, to: string) => ({
  type: 'send',
  id,
  to,
  parts: [{ type: 'text', value: `Hello from your agent, number ${id}` }],
  service: 'iMessage',
});

interface Answer {
  readonly type?: string;
  readonly id: string;
  readonly ok: boolean;
  readonly errorCode?: string;
}

/** Over a plain WebSocket that speaks the send frame. Waits for `ready` where `greets` is set. */
export const openSocket = async (url: string, to: string, greets: boolean): Promise<Sender> => {
  const socket = new WebSocket(url);
  const waiting = new Map<string, (answer: Answer) => void>();
  let ready: () => void = () => undefined;
  const greeted = new Promise<void>((resolve) => (ready = resolve));
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as Answer;
    if (frame.type === 'send.result') {
      waiting.get(frame.id)?.(frame);
      waiting.delete(frame.id);
    } else if (frame.type === 'ready') ready();
  });
  await once(socket, 'open');
  if (greets) await greeted;
  return {
    send: (id) =>
      new Promise((resolve, reject) => {
        waiting.set(id, ({ ok, errorCode }) =>
          ok ? resolve() : reject(new Error(`a send was refused: ${errorCode}`)),
        );
        socket.send(JSON.stringify(frameOf(id, to)));
      }),
    close: () => socket.terminate(),
  };
};

/** Over Socket.IO with acknowledgements. */
export const openSocketIo = async (url: string, to: string): Promise<Sender> => {
  const socket: Socket = io(url, { transports: ['websocket'], forceNew: true });
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return {
    send: async (id) => {
      const answer = (await socket.timeout(10_000).emitWithAck('send', frameOf(id, to))) as Answer;
      if (!answer.ok) throw new Error(`a send was refused: ${answer.errorCode}`);
    },
    close: () => void socket.disconnect(),
  };
};

let made = 0;
/** Never the same twice in a run: no send is taken for a retry. */
export const freshId = (): string => `bench-${(made += 1)}`;

export interface Pace {
  readonly inFlight: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** Keeps so many sends in flight on each socket; answers how many were answered in the measured time, a second. */
export const sendsPerSecond = async (
  senders: readonly Sender[],
  { inFlight, warmUpMs, measureMs }: Pace,
  onMeasure: () => Promise<void> = async () => undefined,
): Promise<{ readonly perSecond: number; readonly sends: number }> => {
  let over = false;
  let answered = 0;
  const keepOn = async (sender: Sender): Promise<void> => {
    while (!over) {
      await sender.send(freshId());
      answered += 1;
    }
  };
  const loops = senders.flatMap((sender) => Array.from({ length: inFlight }, () => keepOn(sender)));
  const all = Promise.all(loops);
  all.catch(() => (over = true));
  await Promise.race([pause(warmUpMs), all]);
  await onMeasure();
  const before = answered;
  const since = performance.now();
  await Promise.race([pause(measureMs), all]);
  const sends = answered - before;
  const seconds = (performance.now() - since) / 1_000;
  await onMeasure();
  over = true;
  await all;
  return { perSecond: sends / seconds, sends };
};

/** Milliseconds of each of so many sends, one after the other. */
export const sendLatencies = async (sender: Sender, count: number): Promise<readonly number[]> => {
  const latencies: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const since = performance.now();
    await sender.send(freshId());
    latencies.push(performance.now() - since);
  }
  return latencies;
};
