import type { Log } from '@claw/messaging';
import { encodeEntry } from '../frames/server-frame';

/** Where frames go: a socket. */
export interface FeedSink {
  send(frame: string): void;
  /** Resolves when there is room for more; at once for one that is closed. */
  room(): Promise<void>;
}

/** Gives a socket an entry of its feed; answers whether it was one. */
export const handEntry = (
  { logger }: { readonly logger: Log },
  sink: FeedSink,
  { seq, entry, replay }: { readonly seq: number; readonly entry: string; readonly replay: boolean },
): boolean => {
  const frame = encodeEntry(entry, seq, replay);
  if (frame === undefined) {
    logger.error({ seq }, 'a feed entry is no frame');
    return false;
  }
  sink.send(frame);
  return true;
};
