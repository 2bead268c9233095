/** Where an event stands in the whole log. */
export interface Position {
  readonly commit: bigint;
  readonly prepare: bigint;
}

/** As text that sorts like the log: two fixed-width hexadecimal numbers. */
export const encodePosition = ({ commit, prepare }: Position): string => `${hex(commit)}-${hex(prepare)}`;

/** Throws RangeError for a text that {@link encodePosition} didn't make. */
export const decodePosition = (text: string): Position => {
  const match = /^([0-9a-f]{16})-([0-9a-f]{16})$/.exec(text);
  if (!match) throw new RangeError('not a position in the log');
  return { commit: BigInt(`0x${match[1]}`), prepare: BigInt(`0x${match[2]}`) };
};

/** Negative where `a` is earlier, positive where it is later, 0 where they are the same. */
export const comparePositions = (a: Position, b: Position): number =>
  compare(a.commit, b.commit) || compare(a.prepare, b.prepare);

const hex = (value: bigint): string => value.toString(16).padStart(16, '0');

const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
