import type { SyncFrame } from '@claw/contracts';
import { epochMs, instant } from '@claw/kernel';
import type { FeedState } from './feed-stream';

/** Where a replay begins, and whether something before it is lost. */
export interface ReplayStart {
  readonly from: { readonly seq: number } | { readonly time: string };
  readonly gap: boolean;
}

/**
 * Where to begin for what an agent asks. There is a gap where what was asked for is older than what is kept, or where
 * its sequence comes from another life of the feed: then everything kept is replayed.
 */
export const replayStart = (sync: SyncFrame, { epoch, firstSeq, firstMs }: FeedState): ReplayStart => {
  const dropped = firstSeq > 1;
  if (sync.since !== undefined) {
    const since = instant(sync.since);
    return { from: { time: since }, gap: dropped && epochMs(since) < firstMs };
  }
  const afterSeq = sync.after_seq ?? 0;
  if (sync.epoch !== undefined && sync.epoch !== epoch) return { from: { seq: 1 }, gap: true };
  return { from: { seq: afterSeq + 1 }, gap: dropped && afterSeq + 1 < firstSeq };
};
