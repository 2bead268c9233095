import { join } from 'node:path';
import { workspaceRoot } from '@claw/local-servers';
import { benchRoutes } from '../load/route-load';
import { told } from './target-env';
import { tell } from './tell';

/** Nanoseconds a look-up, round by round: in what the gateway keeps routes in, and in a Map of numbers. */
export type LookUps = readonly { readonly ours: number; readonly beside: number }[];

/** What the gateway keeps routes in, as it is built. */
interface RouteStore {
  get(digits: string): { readonly claimRevision: number } | undefined;
  set(digits: string, route: { readonly subaccountId: string; readonly claimRevision: number }): void;
}
const built = 'dist/apps/gateway/src/projections/compact-routes.js';

const rounds = 5;
const lookUps = 1_000_000;

/** Looks random routes up in both, which hold the same. Ready once it has. */
const main = async (): Promise<void> => {
  const { CompactRoutes } = (await import(join(workspaceRoot(), built))) as {
    CompactRoutes: new () => RouteStore;
  };
  const ours = new CompactRoutes();
  const beside = new Map<number, number>();
  const keys: string[] = [];
  for (const { digits, entry } of benchRoutes(Number(told('ROUTES')))) {
    keys.push(digits);
    ours.set(digits, entry);
    beside.set(Number(digits), entry.claimRevision);
  }
  const picked = Array.from({ length: lookUps }, () => keys[Math.floor(Math.random() * keys.length)] ?? '');
  // A number that is looked up has just come out of a frame: each is a string of its own.
  const asked = JSON.parse(JSON.stringify(picked)) as string[];
  const numbers = asked.map(Number);
  const inOurs = () => nanosecondsEach(asked, (digits) => ours.get(digits)?.claimRevision);
  const inBeside = () => nanosecondsEach(numbers, (number) => beside.get(number));
  inOurs();
  inBeside();
  const measured = Array.from({ length: rounds }, () => ({ ours: inOurs(), beside: inBeside() }));
  tell((): LookUps => measured);
};

const nanosecondsEach = <Key>(keys: readonly Key[], find: (key: Key) => number | undefined): number => {
  let found = 0;
  const since = process.hrtime.bigint();
  for (const key of keys) if (find(key) !== undefined) found += 1;
  const passed = Number(process.hrtime.bigint() - since);
  if (found !== keys.length) throw new Error(`${keys.length - found} routes were not found`);
  return passed / keys.length;
};

void main();
