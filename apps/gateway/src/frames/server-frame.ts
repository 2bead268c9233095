import type { ServerFrame } from '@claw/contracts';

/** A frame as it goes over the wire; the type keeps it within the contract. */
export const encodeFrame = (frame: ServerFrame): string => JSON.stringify(frame);

/**
 * A feed entry's own text with its place in the feed put in front: the entry is handed on as it was stored,
 * without being parsed. Undefined where it isn't an object.
 */
export const encodeEntry = (entry: string, seq: number, replay: boolean): string | undefined =>
  entry.startsWith('{"') ? `{"seq":${seq},${replay ? '"replay":true,' : ''}${entry.slice(1)}` : undefined;
