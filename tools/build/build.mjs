// Compiles apps, libs and tools to dist/ with SWC, file by file, only what is newer than its output. A page's scripts
// stay modules, for the browser, and its other files are copied.
// Types are checked apart (`npm run typecheck`); a deleted source's output is deleted too.
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { transform } = require('@swc/core');
const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const out = join(root, 'dist');
const options = require('./swc-options.cjs');

const ships = (path) =>
  /\.ts$/.test(path) && !/\.(spec|d)\.ts$/.test(path) && !path.includes('boundary-sample');
const isPage = (path) => /\/tools\/simulators\/[^/]+\/page\//.test(path);
const isCopied = (path) => isPage(path) && /\.(html|css|svg)$/.test(path);
// A browser resolves nothing: imports stay as they are written.
const pageOptions = {
  ...options,
  module: { type: 'es6' },
  jsc: { ...options.jsc, baseUrl: undefined, paths: undefined },
};
const mtime = async (path) => (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
const walk = async (directory) =>
  (await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []))
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name));

/** Whole or not at all: a process that starts meanwhile must not load half a file. */
const replace = async (path, text) => {
  const draft = `${path}.${process.pid}`;
  await writeFile(draft, text);
  await rename(draft, path);
};

const sources = (await Promise.all(['apps', 'libs', 'tools'].map((folder) => walk(join(root, folder)))))
  .flat()
  .filter((path) => ships(path) || isCopied(path));
const outputOf = (source) => join(out, relative(root, source).replace(/\.ts$/, '.js'));
const configTime = Math.max(
  ...(await Promise.all(
    ['tsconfig.base.json', 'package-lock.json', 'tools/build/build.mjs', 'tools/build/swc-options.cjs'].map(
      (file) => mtime(join(root, file)),
    ),
  )),
);

let compiled = 0;
await Promise.all(
  sources.map(async (source) => {
    const output = outputOf(source);
    if ((await mtime(output)) > Math.max(await mtime(source), configTime)) return;
    const text = await readFile(source, 'utf8');
    await mkdir(dirname(output), { recursive: true });
    if (isCopied(source)) return replace(output, text);
    const { code, map } = await transform(text, {
      ...(isPage(source) ? pageOptions : options),
      filename: source,
    });
    await replace(`${output}.map`, map ?? '');
    await replace(output, `${code}\n//# sourceMappingURL=${output.split('/').at(-1)}.map\n`);
    compiled += 1;
  }),
);

const expected = new Set(sources.map(outputOf).flatMap((output) => [output, `${output}.map`]));
const stale = (await walk(out)).filter(
  (file) => /\.(js|js\.map|html|css|svg)$/.test(file) && !expected.has(file),
);
await Promise.all(stale.map((file) => rm(file)));
if (compiled > 0) console.error(`built ${compiled} of ${sources.length} files`);
