import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { workspaceRoot } from '@claw/local-servers';
import type { DataOption } from '../commands/options';
import { ensureBrowser } from './ensure-browser';
import { jestKinds, longKinds, parseTestKind } from './test-kinds';
import type { TestKind } from './test-kinds';
import { lineOf, none, sum, totalsOf } from './totals';
import type { Totals } from './totals';

interface Outcome {
  readonly stage: string;
  readonly ok: boolean;
  readonly totals: Totals;
}

const bin = (name: string): string => join(workspaceRoot(), 'node_modules/.bin', name);

const runTool = (command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<boolean> =>
  new Promise((done) => {
    const child = spawn(command, [...args], {
      cwd: workspaceRoot(),
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, NX_DAEMON: 'false', ...env },
    });
    child.once('error', () => done(false));
    child.once('exit', (code) => done(code === 0));
  });

/** What is checked without running anything, in order. */
const checks: readonly { readonly stage: string; readonly command: readonly [string, ...string[]] }[] = [
  { stage: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  // Without Nx's project graph the boundary rule would pass everything over in silence.
  { stage: 'project graph', command: ['nx', 'show', 'projects'] },
  { stage: 'lint', command: ['eslint', '.', '--max-warnings', '0'] },
  { stage: 'types', command: ['tsc', '--noEmit', '-p', 'tsconfig.json'] },
  { stage: 'types of pages', command: ['tsc', '--noEmit', '-p', 'tools/simulators/carrier/page'] },
];

const check = async (stage: string, [tool, ...args]: readonly [string, ...string[]]): Promise<Outcome> => {
  console.log(`\n── ${stage}`);
  return { stage, ok: await runTool(bin(tool), args, {}), totals: none };
};

const isLong = (kind: TestKind): boolean => longKinds.some((long) => long === kind);

const jest = async (kind: TestKind, temp: string, env: NodeJS.ProcessEnv): Promise<Outcome> => {
  console.log(`\n── ${kind} tests`);
  const report = join(temp, `${kind}.json`);
  const selection = isLong(kind)
    ? ['--selectProjects', 'e2e', '--testPathPatterns', kind]
    : ['--selectProjects', kind];
  const args = [...selection, '--json', '--outputFile', report];
  const length = isLong(kind) ? { CLAW_TEST_LENGTH: 'long' } : {};
  const ok = await runTool(bin('jest'), args, { ...env, ...length });
  const totals = await readFile(report, 'utf8').then(totalsOf, () => none);
  console.log(`${kind}: ${lineOf(totals)}`);
  return { stage: `${kind} tests`, ok: ok && totals.failed === 0, totals };
};

const browserKinds: readonly TestKind[] = ['int', 'e2e'];

/** How Jest is told where to keep what it writes, and that there is no browser where there is none. */
const environment = (temp: string | undefined, hasBrowser: boolean): NodeJS.ProcessEnv => ({
  ...(temp === undefined ? {} : { TMPDIR: temp }),
  ...(hasBrowser ? {} : { CLAW_WITHOUT_BROWSER: 'yes' }),
});

/**
 * Runs one kind of tests, or without one all checks and the kinds that CI runs. Everything is run even after a
 * failure, so that one run shows all there is; only where no browser is to be had are the tests that need one left
 * out, and the end says so. Where a folder is named, all that tests write is kept below it and removed with it. The
 * last line printed is the sum; resolves with the exit code.
 */
export const runTests = async (
  kindText: string | undefined,
  { data }: Partial<DataOption>,
): Promise<number> => {
  const kinds = kindText === undefined ? jestKinds : [parseTestKind(kindText)];
  const parent = resolve(data ?? tmpdir());
  await mkdir(parent, { recursive: true });
  const temp = await mkdtemp(join(parent, 'claw-test-'));
  const outcomes: Outcome[] = [];
  const browser = kinds.some((kind) => browserKinds.includes(kind)) ? await ensureBrowser() : undefined;
  try {
    if (kindText === undefined)
      for (const { stage, command } of checks) outcomes.push(await check(stage, command));
    const env = environment(data === undefined ? undefined : temp, browser?.found !== false);
    for (const kind of kinds) outcomes.push(await jest(kind, temp, env));
  } finally {
    await rm(temp, { recursive: true, force: true });
  }
  const failed = outcomes.filter(({ ok }) => !ok).map(({ stage }) => stage);
  if (browser?.found === false)
    console.log(`\nskipped, since there is no browser: the tests of the virtual phones. ${browser.why}`);
  console.log(failed.length === 0 ? '' : `\nfailed: ${failed.join(', ')}`);
  console.log(lineOf(sum(outcomes.map(({ totals }) => totals))));
  return failed.length === 0 ? 0 : 1;
};
