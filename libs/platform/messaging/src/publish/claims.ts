/** The first nats-server whose cluster lets one of several in that expect the same last sequence of a subject. */
const mended = [2, 9, 21] as const;

/**
 * Whether a server of this version checks what a message expects of its subject only before it proposes it to its
 * cluster: of several that are under way at the same time, all get in (nats-server issue 4320).
 */
export const letsSeveralIn = (version: string): boolean => {
  const parts = version.split(/[.-]/).map(Number);
  for (const [index, wanted] of mended.entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
};

/**
 * The message id of whoever writes behind a sequence of a subject. Message ids are looked at as each message is
 * stored, on every node: the second of two with the same one is a duplicate, and so not let in.
 */
export const claimBehind = (sequence: number): string => `behind/${sequence}`;
