// Makes a checkout ready to run: installs what package-lock.json names where it is missing or another, and
// compiles what has changed. Uses Node alone, since nothing else may be there yet. One at a time a checkout.
import { spawnSync } from 'node:child_process';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const lockFile = join(root, 'dist/.preparing');
const waitMs = 15 * 60_000;
const pollMs = 200;

const fail = (message) => {
  console.error(`claw: ${message}`);
  process.exitCode = 1;
};

const json = async (path) => JSON.parse(await readFile(path, 'utf8').catch(() => 'null'));

/**
 * Whether node_modules is what the lockfile wants. npm writes down what it installed once an install is whole;
 * what is optional may be left out, as other platforms' binaries are.
 */
const isInstalled = async () => {
  const wanted = (await json(join(root, 'package-lock.json')))?.packages;
  const installed = (await json(join(root, 'node_modules/.package-lock.json')))?.packages;
  if (!wanted || !installed) return false;
  const same = (path) => installed[path]?.version === wanted[path]?.version;
  return (
    Object.keys(installed).every((path) => path in wanted && same(path)) &&
    Object.keys(wanted).every(
      (path) => path === '' || wanted[path].optional || wanted[path].link || same(path),
    )
  );
};

const install = () => {
  console.error('installing npm dependencies (npm ci) …');
  const { status, error } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (error) throw new Error(`npm could not be run: ${error.message}`);
  if (status !== 0) throw new Error('npm ci failed: what it said stands above');
};

const build = () => {
  const { status } = spawnSync(process.execPath, [join(root, 'tools/build/build.mjs')], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('the build failed: what it said stands above');
};

const isAlive = (pid) => {
  if (!(pid > 0)) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
};

/** A link is made whole or not at all, and never over a file that is there. */
const linked = (from, to) =>
  link(from, to).then(
    () => true,
    (error) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );

const take = async () => {
  const mine = `${lockFile}.${process.pid}`;
  await writeFile(mine, String(process.pid));
  try {
    return await linked(mine, lockFile);
  } finally {
    await rm(mine, { force: true });
  }
};

const holderOf = async (file) => Number(await readFile(file, 'utf8').catch(() => ''));

/** Removes the lock of one who died with it; puts back what turns out to be another's, taken meanwhile. */
const removeIfDead = async () => {
  const holder = await holderOf(lockFile);
  if (isAlive(holder)) return;
  const aside = `${lockFile}.${process.pid}`;
  try {
    await rename(lockFile, aside);
  } catch {
    return;
  }
  if (isAlive(await holderOf(aside))) await linked(aside, lockFile);
  await rm(aside, { force: true });
};

const locked = async (work) => {
  await mkdir(dirname(lockFile), { recursive: true });
  const deadline = Date.now() + waitMs;
  for (let told = false; !(await take());) {
    if (Date.now() > deadline) throw new Error(`another ./claw is still preparing; else remove ${lockFile}`);
    if (!told) console.error('another ./claw is preparing this checkout: waiting for it …');
    told = true;
    await removeIfDead();
    await delay(pollMs);
  }
  try {
    await work();
  } finally {
    await rm(lockFile, { force: true });
  }
};

await locked(async () => {
  if (!(await isInstalled())) install();
  build();
}).catch((error) => fail(error.message));
