import type { OutboundMessage, PhoneNumber, SendFrame } from '@claw/contracts';
import { instant } from '@claw/kernel';
import type { Desk } from './desk';
import type { Addressee } from './recipient';

/** The message as it lies in OUTBOUND for good. */
export const outboundMessage = (
  { subaccountId, agencyId }: Pick<Desk, 'subaccountId' | 'agencyId'>,
  { id, parts, service, effect, replyTo }: SendFrame,
  to: {
    readonly recipient: Addressee;
    readonly from: PhoneNumber;
    readonly messageId: string;
    readonly nowMs: number;
  },
): OutboundMessage => ({
  kind: 'message',
  messageId: to.messageId,
  chatId: to.recipient.chatId,
  agencyId,
  subaccountId,
  clientId: id,
  from: to.from,
  to: [...to.recipient.to],
  claimRevision: to.recipient.claimRevision,
  parts,
  service: service ?? null,
  effect: effect ?? null,
  replyTo: replyTo ?? null,
  acceptedAt: instant(to.nowMs),
});
