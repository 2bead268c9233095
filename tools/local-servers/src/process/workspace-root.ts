import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The repository's folder, seen from the source as from the build: the nearest above that holds nx.json. */
export const workspaceRoot = (from: string = __dirname): string => {
  if (existsSync(join(from, 'nx.json'))) return from;
  const parent = dirname(from);
  if (parent === from) throw new Error('not within the workspace: no nx.json above');
  return workspaceRoot(parent);
};
