import type { Lookup } from '@claw/routing-domain';
import { OutboundLedger } from '../ledger/outbound-ledger';
import type { WaitingMessage } from '../ledger/waiting-message';
import { Carrier } from './carrier';
import { lookupOutcomes } from './dispatch.metrics';

/** Finds out at the carrier what became of a message, without asking for it again. */
export class DoubtfulMessages {
  constructor(
    private readonly carrier: Carrier,
    private readonly ledger: OutboundLedger,
  ) {}

  /**
   * The carrier's lists name no key of ours. But a chat is worked in order, so whatever was sent into it is in the
   * ledger, this message aside: the oldest one that says the same and that nobody else has is it. Throws
   * `Unavailable`.
   */
  async lookUp(message: WaitingMessage): Promise<Lookup> {
    const alike = await this.carrier.sentLike({ ...message, replyTo: null }, message.acceptedAt);
    const [found] = alike === undefined ? [] : await this.ledger.unclaimed(alike);
    const lookup = alike === undefined ? 'untold' : (found ?? 'absent');
    lookupOutcomes.inc({ outcome: typeof lookup === 'string' ? lookup : 'found' });
    return lookup;
  }
}
