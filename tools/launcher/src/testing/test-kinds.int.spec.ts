import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workspaceRoot } from '@claw/local-servers';
import { longKinds } from './test-kinds';

describe('the kinds of tests that have a long form', () => {
  it('find every spec that has one, by its path', async () => {
    const folder = join(workspaceRoot(), 'apps/e2e/src');
    const specs = (await readdir(folder, { recursive: true })).filter((path) =>
      path.endsWith('.e2e.spec.ts'),
    );
    const texts = await Promise.all(specs.map((path) => readFile(join(folder, path), 'utf8')));
    const long = specs.filter((_, index) => texts[index]?.includes('shortOrLong('));
    expect(long.length).toBeGreaterThanOrEqual(longKinds.length);
    expect(long.filter((path) => !longKinds.some((kind) => path.includes(kind)))).toEqual([]);
  });
});
