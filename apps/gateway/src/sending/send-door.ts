import type { SendFrame, SendResult } from '@claw/contracts';
import { Unavailable } from '@claw/kernel';
import type { Asker, Ownership } from '../ownership/ownership';
import type { Peers } from '../peers/peers';
import type { Timings } from '../timings';
import type { AcceptSend } from './accept-send';
import { moved, type Moved } from './admit-send';
import { refusals } from './refusals';
import { refused } from './send-result';

const mostTries = 3;

/** The way in for sends that come as calls: to the subaccount's owner, wherever that is. */
export class SendDoor {
  constructor(
    private readonly ownership: Ownership,
    private readonly sends: AcceptSend,
    private readonly peers: Peers,
    private readonly timings: Timings,
  ) {}

  /** Resolves with a result whatever happens to the owner meanwhile. */
  async send(subaccountId: string, agencyId: string, frame: SendFrame): Promise<SendResult> {
    try {
      let asker: Asker = 'call';
      let disowned: string | undefined;
      for (let attempt = 0; attempt < mostTries; attempt += 1) {
        const found = await this.ownership.find(subaccountId, agencyId, asker);
        if (found.kind === 'here') {
          const result = await this.sends.accept(found.desk, frame);
          if (result !== moved) return result;
        } else if (found.kind === 'elsewhere') {
          const result = await this.sendTo(found.process, subaccountId, agencyId, frame);
          if (result !== moved && result !== 'gone') return result;
          // One that is gone, or says twice that it isn't the owner, is the owner in the record only.
          if (result === 'gone' || disowned === found.process) asker = 'call in place of its owner';
          disowned = found.process;
        }
      }
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
    }
    return refused(frame.id, refusals.unavailable);
  }

  private async sendTo(
    process: string,
    subaccountId: string,
    agencyId: string,
    frame: SendFrame,
  ): Promise<SendResult | Moved | 'gone'> {
    try {
      const request = { ask: 'send', subaccountId, agencyId, frame } as const;
      const reply = await this.peers.ask(process, request, this.timings.peer);
      if (reply.answer === 'sent') return reply.result;
      if (reply.answer === 'not mine') return moved;
      throw new Unavailable(`gateway ${process}`, true);
    } catch (error) {
      // Nobody listens there: nothing was begun, so another gateway may do it.
      if (error instanceof Unavailable && !error.outcomeUnknown) return 'gone';
      throw error;
    }
  }
}
