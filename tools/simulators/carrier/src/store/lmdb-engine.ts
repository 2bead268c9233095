import { join } from 'node:path';
import { type Database, open } from 'lmdb';
import type { Engine } from './engine';

/**
 * Keeps rows in an LMDB environment in `folder` (made where missing).
 *
 * @param onFault called once when a write fails: memory and disk then differ, so the process should end
 */
export const openLmdbEngine = (folder: string, onFault: (fault: unknown) => void): Engine => {
  // Without overlapping sync a commit is on disk when its promise resolves, not merely visible.
  const root = open({ path: join(folder, 'state'), noSubdir: false, overlappingSync: false });
  const databases = new Map<string, Database<unknown, string>>();
  const database = (table: string): Database<unknown, string> => {
    const known = databases.get(table);
    if (known !== undefined) return known;
    const opened = root.openDB<unknown, string>({ name: table });
    databases.set(table, opened);
    return opened;
  };

  // Commits happen in the order of the writes, so the last write stands for all before it.
  let last: Promise<unknown> = Promise.resolve();
  let faulted = false;
  const track = (write: Promise<unknown>): void => {
    last = write;
    write.catch((fault: unknown) => {
      if (!faulted) onFault(fault);
      faulted = true;
    });
  };

  return {
    load: (table) => database(table).getRange(),
    put: (table, key, value) => track(database(table).put(key, value)),
    remove: (table, key) => track(database(table).remove(key)),
    clear: (table) => track(database(table).clearAsync()),
    durable: async () => {
      await last;
    },
    close: () => root.close(),
  };
};
