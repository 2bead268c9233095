import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { seedTenants } from '../bench-tenants';
import { askOf } from '../ask-of';
import { atMost, below, type Figure } from '../figure';
import { allowOpenFiles } from '../open-files';
import { cpuSeconds, residentBytes } from '../process-cost';
import { absolute } from '../rounds';
import type { IdleAgents } from '../targets/idle-agents';
import { Workbench } from '../workbench';

const wholeSize = { sockets: 10_000, seconds: 180 };
/** Files that a process has open anyhow. */
const otherFiles = 200;
const settleMs = 5_000;
const openingDeadlineMs = 300_000;
const megabyte = 1_048_576;

/** So many agents that only answer pings, on one gateway: how many it drops, and what it costs it. */
export const manyIdleSockets = ({ sockets, seconds } = wholeSize): Promise<readonly Figure[]> =>
  Workbench.use(async (bench) => {
    await allowOpenFiles(sockets + otherFiles);
    const tenants = await seedTenants(bench.link, sockets);
    const gateway = await bench.service('gateway');
    const file = join(bench.folder, 'agents');
    const urls = tenants.map(({ key }) => `ws://127.0.0.1:${gateway.port}/ws?key=${key}`);
    await writeFile(file, urls.join('\n'));
    const begun = performance.now();
    const agents = await bench.baseline('idle-agents', { AGENTS_FILE: file }, openingDeadlineMs);
    const openingMs = performance.now() - begun;
    await pause(settleMs);
    const [own, nats] = await coresUsed([gateway.pid, bench.nats.pid], seconds);
    const { open, pongs, closed } = await askOf<IdleAgents>(agents);
    const what = `${sockets.toLocaleString('en')} idle sockets for ${seconds} s`;
    return [
      absolute(`${what}: dropped`, [sockets - open], atMost(0, 'dropped'), {
        'pings answered': pongs,
        'openings a second': Math.round((sockets * 1_000) / openingMs),
        ...Object.fromEntries(Object.entries(closed).map(([code, count]) => [`closed with ${code}`, count])),
      }),
      absolute(`${what}: CPU, % of a core`, [own * 100], below(5, '% of a core'), {
        'nats-server, % of a core': Math.round(nats * 1_000) / 10,
        'gateway RSS, MiB': Math.round((await residentBytes(gateway.pid)) / megabyte),
      }),
    ];
  });

/** The share of one core that each of two processes takes over so many seconds. */
const coresUsed = async (
  pids: readonly [number, number],
  seconds: number,
): Promise<readonly [number, number]> => {
  const look = () => Promise.all([cpuSeconds(pids[0]), cpuSeconds(pids[1])]);
  const since = performance.now();
  const before = await look();
  await pause(seconds * 1_000);
  const after = await look();
  const passed = (performance.now() - since) / 1_000;
  return [(after[0] - before[0]) / passed, (after[1] - before[1]) / passed];
};
