import { WebSocket } from 'ws';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { seedTenants } from '../bench-tenants';
import { atMost, type Figure } from '../figure';
import { residentBytes } from '../process-cost';
import { compared, interleaved } from '../rounds';
import { type Target, Workbench } from '../workbench';

const sockets = 1_000;
const atOnce = 50;
const rounds = 5;
const settleMs = 1_500;

/** Memory that an idle socket takes, beside a bare `ws` socket in the minimal handler. */
export const idleSockets = (): Promise<readonly Figure[]> =>
  Workbench.use(async (bench) => {
    const tenants = await seedTenants(bench.link, sockets);
    const ours = tenants.map(({ key }) => `/ws?key=${key}`);
    const bare = tenants.map(() => '/ws');
    const samples = await interleaved(
      rounds,
      async () => perSocket(await bench.service('gateway'), ours, true),
      async () => perSocket(await bench.baseline('minimal-handler'), bare, false),
    );
    return [compared('idle socket, RSS in KB', samples, atMost(2))];
  });

/** A fresh process each time: what one round has grown, the next would not grow again. */
const perSocket = async (
  { pid, port }: Target,
  paths: readonly string[],
  greets: boolean,
): Promise<number> => {
  const open: WebSocket[] = [];
  const openSome = async (some: readonly string[]): Promise<void> => {
    open.push(
      ...(await Promise.all(some.map((path) => openSocket(`ws://127.0.0.1:${port}${path}`, greets)))),
    );
  };
  // The first ones bring in code and pools that all share.
  await openSome(paths.slice(0, atOnce));
  await pause(settleMs);
  const before = await residentBytes(pid);
  for (let from = atOnce; from < paths.length; from += atOnce)
    await openSome(paths.slice(from, from + atOnce));
  await pause(settleMs);
  const after = await residentBytes(pid);
  for (const socket of open) socket.terminate();
  return (after - before) / (paths.length - atOnce) / 1_024;
};

const openSocket = async (url: string, greets: boolean): Promise<WebSocket> => {
  const socket = new WebSocket(url);
  await once(socket, greets ? 'message' : 'open');
  return socket;
};
