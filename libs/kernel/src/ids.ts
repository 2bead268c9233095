import { v5, v7 } from 'uuid';

/** A fresh id that sorts by the time it was made (UUIDv7). */
export const newId = (): string => v7();

/**
 * The one id that belongs to a name within a namespace (UUIDv5): the same arguments give the same id
 * everywhere, so nobody has to be asked for it.
 */
export const idOf = (namespace: string, ...name: readonly string[]): string =>
  v5(JSON.stringify(name), namespace);
