/**
 * The partitions that fall to one of the members, so that all are covered, no two members share one and nobody has
 * more than one partition more than another. Every member that sees the same members comes to the same shares.
 */
export const sharesOf = (members: readonly string[], me: string, partitions: number): readonly number[] => {
  const sorted = [...new Set(members)].sort();
  const place = sorted.indexOf(me);
  if (place < 0) return [];
  return Array.from({ length: partitions }, (_, partition) => partition).filter(
    (partition) => partition % sorted.length === place,
  );
};
