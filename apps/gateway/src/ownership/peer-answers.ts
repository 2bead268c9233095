import { instant } from '@claw/kernel';
import type { NowMs } from '../clock';
import type { PeerReply, PeerRequest } from '../peers/peer-messages';
import { isContested } from '../quota/quota-keeper';
import type { AcceptSend } from '../sending/accept-send';
import { moved } from '../sending/admit-send';
import type { LiveSockets } from '../session/live-sockets';
import type { Ownership } from './ownership';
import type { Upkeep } from './upkeep';

/** What this gateway answers to others about the subaccounts it owns. */
export class PeerAnswers {
  constructor(
    private readonly ownership: Ownership,
    private readonly sockets: LiveSockets,
    private readonly sends: AcceptSend,
    private readonly upkeep: Upkeep,
    private readonly nowMs: NowMs,
  ) {}

  async answer(request: PeerRequest): Promise<PeerReply> {
    if (request.ask === 'yield') return this.yield(request.subaccountId, request.reason);
    const desk = this.ownership.deskOf(request.subaccountId);
    if (desk === undefined) return { answer: 'not mine' };
    switch (request.ask) {
      case 'send': {
        const result = await this.sends.accept(desk, request.frame);
        return result === moved ? { answer: 'not mine' } : { answer: 'sent', result };
      }
      case 'usage':
        return {
          answer: 'usage',
          used: await this.upkeep.usedBy(desk),
          connected: this.sockets.has(desk.subaccountId),
        };
      case 'recount':
        return { answer: 'recounted', changed: await this.upkeep.recount(desk) };
    }
  }

  private async yield(
    subaccountId: string,
    reason: 'new socket' | 'resumed socket' | 'settlement',
  ): Promise<PeerReply> {
    const desk = this.ownership.deskOf(subaccountId);
    if (this.sockets.has(subaccountId)) {
      if (reason === 'resumed socket') return { answer: 'replaced' };
      if (reason === 'new socket') {
        const nowMs = this.nowMs();
        if (desk !== undefined && isContested(desk.quota.takeovers, nowMs)) return { answer: 'contested' };
        desk?.quota.tookOver(instant(nowMs));
        this.sockets.replace(subaccountId);
      }
    }
    if (desk !== undefined) await this.ownership.giveUp(desk);
    await this.ownership.hasLeft(subaccountId);
    return { answer: 'yielded' };
  }
}
