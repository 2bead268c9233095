import type { OutboundMessage, Part } from '@claw/contracts';
import { e164Schema, partSchema, serviceSchema } from '@claw/contracts';
import { type Instant, instant } from '@claw/kernel';

/** A message that was accepted and isn't with the carrier yet. */
export interface WaitingMessage extends OutboundMessage {
  /** Attempts made so far. */
  readonly attempts: number;
  /** The chat at the carrier, once there is one. */
  readonly carrierChatId: string | null;
}

export interface WaitingRow {
  readonly message_id: string;
  readonly chat_id: string;
  readonly agency_id: string;
  readonly subaccount_id: string;
  readonly client_id: string | null;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly claim_revision: string | null;
  readonly parts: readonly unknown[];
  readonly service: string | null;
  readonly accepted_at: Date;
  readonly attempts: number;
  readonly carrier_chat_id: string | null;
}

export const toWaitingMessage = (row: WaitingRow): WaitingMessage => ({
  kind: 'message',
  effect: null,
  replyTo: null,
  messageId: row.message_id,
  chatId: row.chat_id,
  agencyId: row.agency_id,
  subaccountId: row.subaccount_id,
  clientId: row.client_id,
  from: e164Schema.parse(row.sender),
  to: row.recipients.map((recipient) => e164Schema.parse(recipient)),
  claimRevision: row.claim_revision === null ? null : Number(row.claim_revision),
  parts: row.parts.map((part): Part => partSchema.parse(part)),
  service: row.service === null ? null : serviceSchema.parse(row.service),
  acceptedAt: instant(row.accepted_at) satisfies Instant,
  attempts: row.attempts,
  carrierChatId: row.carrier_chat_id,
});
