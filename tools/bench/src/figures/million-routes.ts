import { askOf } from '../ask-of';
import { atMost, type Figure } from '../figure';
import { fillRoutes } from '../load/route-load';
import { inspection } from '../node-memory';
import { absolute, compared } from '../rounds';
import type { LookUps } from '../targets/route-look-ups';
import { type Target, Workbench } from '../workbench';

const deadlineMs = 300_000;

/** A gateway that starts with so many routes in the bucket: how soon it is ready, and what a route takes of it. */
export const millionRoutes = ({ routes } = { routes: 1_000_000 }): Promise<readonly Figure[]> =>
  Workbench.use(async (bench) => {
    const gateway = (instance: string) => (env: Readonly<Record<string, string>>) =>
      bench.service('gateway', { INSTANCE: instance, ...env }, deadlineMs);
    const empty = await started(gateway('gateway-empty'));
    await fillRoutes(bench.link, routes);
    const bare = await started((env) => bench.baseline('route-watch', env, deadlineMs));
    const ours = await started(gateway('gateway-full'));
    const lookUps = await bench.baseline('route-look-ups', { ROUTES: String(routes) }, deadlineMs);
    const what = `${routes.toLocaleString('en')} routes`;
    return [
      compared(`${what}: ready after, s`, [{ ours: ours.seconds, beside: bare.seconds }], atMost(1.5), {
        'a gateway without routes, s': Math.round(empty.seconds * 100) / 100,
      }),
      absolute(`${what}: heap a route, bytes`, [(ours.bytes - empty.bytes) / routes], atMost(80, 'bytes'), {
        'whole process of the bare watch, bytes a route': Math.round(bare.bytes / routes),
      }),
      compared(`${what}: look-up, ns`, await askOf<LookUps>(lookUps), atMost(3)),
    ];
  });

interface Started {
  readonly seconds: number;
  readonly bytes: number;
}

/** Starts a process, and ends it when it has been ready: how long that took, and what it held in memory then. */
const started = async (
  start: (env: Readonly<Record<string, string>>) => Promise<Target>,
): Promise<Started> => {
  const { env, liveBytes } = await inspection();
  const since = performance.now();
  const target = await start(env);
  const seconds = (performance.now() - since) / 1_000;
  const bytes = await liveBytes(target);
  await target.kill();
  return { seconds, bytes };
};
