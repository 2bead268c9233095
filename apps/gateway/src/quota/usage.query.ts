import { endOfMonth, type Instant, instant, monthOf, Unavailable } from '@claw/kernel';
import type { KvBucket } from '@claw/messaging';
import type { NowMs } from '../clock';
import type { OutboundLog } from '../outbound/outbound-log';
import type { Ownership } from '../ownership/ownership';
import type { Upkeep } from '../ownership/upkeep';
import type { Peers } from '../peers/peers';
import type { LiveSockets } from '../session/live-sockets';
import type { Timings } from '../timings';
import { inMonth, isUnsettled, type QuotaRecord } from './quota-record';

export interface Usage {
  readonly used: number;
  readonly resetsAt: Instant;
  readonly connected: boolean;
}

export interface UsageQueryParts {
  readonly ownership: Ownership;
  readonly upkeep: Upkeep;
  readonly sockets: LiveSockets;
  readonly peers: Peers;
  readonly bucket: KvBucket<QuotaRecord>;
  readonly outbound: OutboundLog;
  readonly timings: Timings;
  readonly nowMs: NowMs;
}

/** What a subaccount has used of its limit in the running month: asked of its owner, where it has one. */
export class UsageQuery {
  constructor(private readonly parts: UsageQueryParts) {}

  /** Throws `Unavailable`. */
  async of(subaccountId: string): Promise<Usage> {
    const month = monthOf(instant(this.parts.nowMs()));
    return { ...(await this.find(subaccountId)), resetsAt: endOfMonth(month) };
  }

  private async find(subaccountId: string): Promise<Omit<Usage, 'resetsAt'>> {
    const { ownership, upkeep, sockets, bucket } = this.parts;
    const desk = ownership.deskOf(subaccountId);
    if (desk !== undefined) {
      return { used: await upkeep.usedBy(desk), connected: sockets.has(subaccountId) };
    }
    const record = (await bucket.get(subaccountId))?.value;
    if (record === undefined) return { used: 0, connected: false };
    const told = record.owner === null ? undefined : await this.askOwner(record.owner, subaccountId);
    return told ?? { used: await this.count(subaccountId, record), connected: false };
  }

  /** Undefined where the owner in the record is none any more. */
  private async askOwner(owner: string, subaccountId: string) {
    const { peers, timings } = this.parts;
    try {
      const reply = await peers.ask(owner, { ask: 'usage', subaccountId }, timings.peer);
      return reply.answer === 'usage' ? { used: reply.used, connected: reply.connected } : undefined;
    } catch (error) {
      if (error instanceof Unavailable) return undefined;
      throw error;
    }
  }

  private async count(subaccountId: string, record: QuotaRecord): Promise<number> {
    const current = inMonth(record, monthOf(instant(this.parts.nowMs())));
    if (!isUnsettled(current)) return current.used;
    const { month, used, throughSeq } = current;
    return used + (await this.parts.outbound.countAfter(subaccountId, month, throughSeq)).accepted;
  }
}
