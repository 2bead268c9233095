import type { CallResult } from '@claw/contracts';
import { Injectable } from '@nestjs/common';
import { Carrier, type CarrierSignal } from '../dispatch/carrier';
import { ChatDirectory } from '../dispatch/chat-directory';
import { PreSendLookup } from '../dispatch/pre-send-facts';

export interface GiveSignal {
  readonly agencyId: string;
  readonly subaccountId: string;
  readonly chatId: string;
  readonly signal: CarrierSignal;
}

/** Shows a chat's other side that the agent types or has read, now or never. */
@Injectable()
export class GiveSignalHandler {
  constructor(
    private readonly chats: ChatDirectory,
    private readonly lookup: PreSendLookup,
    private readonly carrier: Carrier,
  ) {}

  /** Throws `Unavailable`. */
  async handle({ signal, ...of }: GiveSignal): Promise<CallResult<{ given: boolean }>> {
    const carrierChatId = await this.carrierChatOf(of);
    const given = carrierChatId !== null && (await this.carrier.signal(carrierChatId, signal));
    return { ok: true, value: { given } };
  }

  /**
   * The carrier's chat while it is the subaccount's: of a number that was released and claimed anew it is somebody
   * else's by now. Groups have no such signs.
   */
  private async carrierChatOf({
    agencyId,
    subaccountId,
    chatId,
  }: Omit<GiveSignal, 'signal'>): Promise<string | null> {
    const chat = await this.chats.get(chatId);
    if (chat?.subaccountId !== subaccountId || chat.agencyId !== agencyId) return null;
    const { participants, claimRevision, carrierChatId } = chat;
    if (claimRevision === null || carrierChatId === null) return null;
    const held = await this.lookup.routeHeld({ subaccountId, to: participants, claimRevision });
    return held ? carrierChatId : null;
  }
}
