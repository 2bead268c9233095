import type { LimitsMode, ServerFrame } from '@claw/contracts';
import { frameLimits, limitsFactor } from '@claw/contracts';
import { instant } from '@claw/kernel';
import type { NowMs } from '../clock';
import { AgentFeed, type AgentFeedParts } from '../feed/agent-feed';
import type { Ownership } from '../ownership/ownership';
import type { Upkeep } from '../ownership/upkeep';
import { isContested } from '../quota/quota-keeper';
import type { Desk } from '../sending/desk';
import type { Terms } from '../sending/fact-finder';
import type { Agent } from '../session/agent-session';
import type { LiveSockets } from '../session/live-sockets';

/** All that a socket needs before it is opened. */
export interface Admitted {
  readonly desk: Desk;
  readonly feed: AgentFeed;
  readonly ready: ServerFrame;
}

export interface AdmitAgentParts {
  readonly ownership: Ownership;
  readonly upkeep: Upkeep;
  readonly sockets: LiveSockets;
  readonly feed: AgentFeedParts;
  readonly mode: LimitsMode;
  readonly nowMs: NowMs;
}

/** Brings an agent's subaccount here and opens its feed, so that only a socket that works is opened. */
export class AdmitAgent {
  constructor(private readonly parts: AdmitAgentParts) {}

  /** Takes over from an older socket; 'contested' where two clients keep doing that. Throws `Unavailable`. */
  async admit({ subaccountId, agencyId }: Agent, terms: Terms): Promise<Admitted | 'contested'> {
    const { ownership } = this.parts;
    const found = await ownership.find(subaccountId, agencyId, 'new socket');
    if (found.kind !== 'here' || !this.takeOver(found.desk)) return 'contested';
    const feed = new AgentFeed(this.parts.feed, subaccountId);
    const seq = await feed.open();
    try {
      const { epoch } = await this.parts.feed.stream.state();
      return { desk: found.desk, feed, ready: await this.ready(found.desk, terms, seq, epoch) };
    } catch (error) {
      feed.close();
      throw error;
    }
  }

  /** From an older socket at the same desk. */
  private takeOver(desk: Desk): boolean {
    const { sockets } = this.parts;
    if (!sockets.has(desk.subaccountId)) return true;
    const nowMs = this.parts.nowMs();
    if (isContested(desk.quota.takeovers, nowMs)) return false;
    desk.quota.tookOver(instant(nowMs));
    sockets.replace(desk.subaccountId);
    return true;
  }

  private async ready(desk: Desk, terms: Terms, seq: number, epoch: string): Promise<ServerFrame> {
    const { mode, upkeep } = this.parts;
    const { sendingNumber, messageLimit, limits } = terms;
    return {
      type: 'ready',
      sending_number: sendingNumber ?? '',
      seq,
      epoch,
      limits: {
        sends_per_second: limits.sendsPerSecond,
        sends_burst: limits.sendsBurst,
        sends_per_recipient_per_minute: limits.sendsPerRecipientPerMinute,
        new_recipients_per_day: limits.newRecipientsPerDay,
        frames_per_second: frameLimits.perSecond * limitsFactor(mode),
        frames_burst: frameLimits.burst * limitsFactor(mode),
        frame_bytes: frameLimits.maxBytes,
      },
      used: await upkeep.usedBy(desk),
      message_limit: messageLimit,
    };
  }
}
