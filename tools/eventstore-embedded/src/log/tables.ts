import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { open, type RootDatabase } from 'lmdb';
import type { Retention } from '../rules/retention';

/** What is kept of a stream besides its events. */
export interface StreamRecord {
  /** The newest event's revision; -1 where there is none. */
  readonly last: number;
  readonly tombstoned: boolean;
  readonly retention: Retention;
}

/**
 * An event as stored: stream, type, event id, created (milliseconds since the Unix epoch), revision (-1 for the
 * one that ends a stream), and the `ReadResp` that answers it.
 */
export type EventRecord = readonly [string, string, string, number, number, Uint8Array];

/** The largest position there can be: its key has 32 bits. */
export const MAX_POSITION = 2 ** 32 - 1;

/**
 * Opens the data folder, making it where it is missing. Throws where another process has it, or where it can't be
 * written to; the message says which.
 *
 * Without `overlappingSync` a write is seen, and answered, only once it is synced to disk.
 */
export const openTables = async (folder: string) => {
  await proveWritable(folder);
  const root = open({ path: folder, noSubdir: false, overlappingSync: false, eventTurnBatching: false });
  const tables = {
    root,
    /** Position → event. Positions start at 1 and have no gaps. */
    events: root.openDB<EventRecord, number>({ name: 'events', keyEncoding: 'uint32' }),
    streams: root.openDB<StreamRecord, string>({ name: 'streams' }),
    /** Stream and revision → position. */
    revisions: root.openDB<number, [string, number]>({ name: 'revisions' }),
    /** Stream and event id → position. */
    ids: root.openDB<number, [string, string]>({ name: 'ids' }),
  };
  const holder = otherReader(root);
  if (holder === undefined) return tables;
  await root.close();
  throw new Error(`the data folder ${folder} is held by process ${holder}`);
};

/** Everything in one group of writes becomes durable and visible together, or not at all. */
export type Tables = Awaited<ReturnType<typeof openTables>>;

/** Bytes that a start takes at the most. */
const ROOM_TO_START = 256 * 1024;

/** Asks the file system for what LMDB will take: refused room is an error here, and a crash within its memory map. */
const proveWritable = async (folder: string): Promise<void> => {
  const probe = join(folder, `probe-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeFile(probe, Buffer.alloc(ROOM_TO_START), { flush: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the data folder ${folder} can't be used: ${reason}`, { cause: error });
  } finally {
    await rm(probe, { force: true }).catch(() => undefined);
  }
};

/**
 * Another process that has the database open. LMDB knows from kernel locks which of its readers live, so a server
 * that was killed leaves nothing behind. Reading makes this process one of them until a table is opened, so all of
 * them have to be open by now; and as it reads before it looks, of two that start at once at least one sees the
 * other.
 */
const otherReader = (root: RootDatabase): string | undefined => {
  root.doesExist('');
  root.readerCheck();
  const readers = [...root.readerList().matchAll(/^\s*(\d+) /gm)];
  return readers.map(([, pid]) => pid).find((pid) => pid !== String(process.pid));
};
