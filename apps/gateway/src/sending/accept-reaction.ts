import { hash } from 'node:crypto';
import { type OutboundReaction, type ReactFrame, type ReactionResult, subjects } from '@claw/contracts';
import { instant, newId, Unavailable } from '@claw/kernel';
import type { JetStreamPublisher } from '@claw/messaging';
import type { NowMs } from '../clock';
import type { Timings } from '../timings';
import { type Moved, moved } from './admit-send';
import type { Desk } from './desk';
import type { FactFinder } from './fact-finder';
import { type Refusal, refusals } from './refusals';

export interface AcceptReactionParts {
  readonly facts: FactFinder;
  readonly publisher: JetStreamPublisher;
  /** Whether this process may act as an owner: its lease is valid by its own clock. */
  readonly mayAccept: () => boolean;
  readonly timings: Timings;
  readonly nowMs: NowMs;
}

/** Stored; what becomes of it is routing's to tell. */
export const underWay = 'under way';

/** The one way in for a reaction: judged, then stored in OUTBOUND. It counts against the rate and no limit. */
export class AcceptReaction {
  constructor(private readonly parts: AcceptReactionParts) {}

  /** What a bad day brings is a refusal, not a rejection. A retry of what is stored is answered `ok`. */
  async accept(desk: Desk, frame: ReactFrame): Promise<ReactionResult | typeof underWay | Moved> {
    if (desk.closed) return moved;
    const nowMs = this.parts.nowMs();
    desk.lastUsedMs = nowMs;
    desk.begin();
    try {
      const refusal = await this.refusal(desk, nowMs);
      if (refusal !== undefined) return refusedReaction(frame.id, refusal);
      return (await this.store(desk, frame, nowMs)) === 'before' ? reactionDone(frame.id) : underWay;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      return refusedReaction(frame.id, refusals.unavailable);
    } finally {
      desk.end();
    }
  }

  private async refusal(desk: Desk, nowMs: number): Promise<Refusal | undefined> {
    const { facts, mayAccept } = this.parts;
    if (!mayAccept()) return refusals.unavailable;
    const { subaccountId, agencyId } = desk;
    const known = facts.terms(subaccountId, agencyId);
    const terms = known.standing === 'active' ? known : await facts.freshTerms(subaccountId, agencyId);
    if (terms.standing !== 'active') return refusals.suspended;
    const { sendsPerSecond, sendsBurst } = terms.limits;
    const waitMs = desk.rate.take(sendsPerSecond, sendsBurst, nowMs);
    return waitMs > 0 ? refusals.rateLimited(waitMs) : undefined;
  }

  private async store(
    { subaccountId, agencyId }: Desk,
    { id, messageId, reactionType, remove }: ReactFrame,
    nowMs: number,
  ): Promise<'now' | 'before'> {
    const reaction: OutboundReaction = {
      kind: 'reaction',
      reactionId: newId(),
      agencyId,
      subaccountId,
      clientId: id,
      messageId,
      reactionType,
      remove,
      acceptedAt: instant(nowMs),
    };
    const content = JSON.stringify([subaccountId, 'reaction', id, messageId, reactionType, remove]);
    const { duplicate } = await this.parts.publisher.publish(
      subjects.outbound(messageId, subaccountId),
      reaction,
      { msgId: hash('sha256', content, 'base64'), timeoutMs: this.parts.timings.publish },
    );
    return duplicate ? 'before' : 'now';
  }
}

export const reactionDone = (id: string): ReactionResult => ({ type: 'reaction.result', id, ok: true });

export const refusedReaction = (
  id: string,
  { error, errorCode, retry_after_ms: retryAfterMs }: Refusal,
): ReactionResult => ({
  type: 'reaction.result',
  id,
  ok: false,
  error,
  errorCode,
  ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
});
