import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { WebSocket } from 'ws';
import { told } from './target-env';
import { tell } from './tell';

/** What has become of the agents so far. */
export interface IdleAgents {
  readonly open: number;
  readonly pongs: number;
  /** How many sockets ended, by close code. */
  readonly closed: Readonly<Record<string, number>>;
}

const atOnce = 50;
const pong = JSON.stringify({ type: 'pong' });

/** Agents that answer every ping and do nothing else. Ready once all of them are connected. */
const main = async (): Promise<void> => {
  const urls = (await readFile(told('AGENTS_FILE'), 'utf8')).split('\n');
  const closed: Record<string, number> = {};
  let open = 0;
  let pongs = 0;
  const connect = async (url: string): Promise<void> => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    await once(socket, 'message');
    open += 1;
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      open -= 1;
      closed[code] = (closed[code] ?? 0) + 1;
    });
    socket.on('message', (data: Buffer) => {
      if ((JSON.parse(data.toString()) as { type: string }).type !== 'ping') return;
      socket.send(pong);
      pongs += 1;
    });
  };
  const connectSome = async (): Promise<void> => {
    for (let url = urls.pop(); url !== undefined; url = urls.pop()) await connect(url);
  };
  await Promise.all(Array.from({ length: atOnce }, connectSome));
  tell((): IdleAgents => ({ open, pongs, closed }));
};

void main();
