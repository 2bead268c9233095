import { mkdir, open as openFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
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
export type EventRecord = readonly [
  stream: string,
  type: string,
  id: string,
  created: number,
  revision: number,
  response: Uint8Array,
];

/** The engine's tables. Everything in one group of writes becomes durable and visible together, or not at all. */
export interface Tables {
  readonly root: RootDatabase;
  /** Position → event. Positions start at 1 and have no gaps. */
  readonly events: Database<EventRecord, number>;
  readonly streams: Database<StreamRecord, string>;
  /** Stream and revision → position. */
  readonly revisions: Database<number, [string, number]>;
  /** Stream and event id → position. */
  readonly ids: Database<number, [string, string]>;
}

/** The largest position there can be: its key has 32 bits. */
export const MAX_POSITION = 2 ** 32 - 1;

/** The data folder belongs to a running server. */
export class DataFolderInUse extends Error {
  constructor(folder: string, pid: string) {
    super(`the data folder ${folder} is held by process ${pid}`);
    this.name = 'DataFolderInUse';
  }
}

/** The data folder can't be made or written to. */
export class DataFolderUnusable extends Error {
  constructor(folder: string, cause: unknown) {
    super(
      `the data folder ${folder} can't be used: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
      },
    );
    this.name = 'DataFolderUnusable';
  }
}

/**
 * Opens the data folder, making it where it is missing. Throws {@link DataFolderInUse} where another process has it,
 * and {@link DataFolderUnusable} where it can't be written to.
 *
 * Without `overlappingSync` a write is seen, and answered, only once it is synced to disk.
 */
export const openTables = async (folder: string): Promise<Tables> => {
  await proveWritable(folder);
  const root = open({ path: folder, noSubdir: false, overlappingSync: false, eventTurnBatching: false });
  const tables = {
    root,
    events: root.openDB<EventRecord, number>({ name: 'events', keyEncoding: 'uint32' }),
    streams: root.openDB<StreamRecord, string>({ name: 'streams' }),
    revisions: root.openDB<number, [string, number]>({ name: 'revisions' }),
    ids: root.openDB<number, [string, string]>({ name: 'ids' }),
  };
  const holder = otherReader(root);
  if (holder === undefined) return tables;
  await root.close();
  throw new DataFolderInUse(folder, holder);
};

/** Bytes that a start takes at the most. */
const ROOM_TO_START = 256 * 1024;

/** Asks the file system for what LMDB will take: refused room is an error here, and a crash within its memory map. */
const proveWritable = async (folder: string): Promise<void> => {
  const probe = join(folder, `probe-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = await openFile(probe, 'w');
    try {
      await file.writeFile(Buffer.alloc(ROOM_TO_START));
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new DataFolderUnusable(folder, error);
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
