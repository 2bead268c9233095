/** How far a message has come. */
export type DeliveryState = 'queued' | 'sent' | 'delivered' | 'read' | 'failed';

const rank: Record<DeliveryState, number> = { queued: 0, sent: 1, delivered: 2, read: 3, failed: 4 };

/**
 * The state after a report, or undefined where it tells nothing new. Reports come late, twice, out of order and
 * with gaps, so a state only ever moves forward. A failure ends a message that hadn't arrived; one that had
 * arrived can't fail any more.
 */
export const foldDelivery = (current: DeliveryState, reported: DeliveryState): DeliveryState | undefined => {
  if (reported === 'failed') return current === 'queued' || current === 'sent' ? 'failed' : undefined;
  return rank[reported] > rank[current] ? reported : undefined;
};
