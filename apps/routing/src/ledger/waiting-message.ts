import {
  e164Schema,
  type Effect,
  effectSchema,
  type Part,
  partSchema,
  type PhoneNumber,
  type ReplyTo,
  replyToSchema,
  type Service,
  serviceSchema,
} from '@claw/contracts';
import { type Instant, instant } from '@claw/kernel';

/** A message that was accepted and isn't with the carrier yet. */
export interface WaitingMessage {
  readonly messageId: string;
  readonly chatId: string;
  readonly agencyId: string;
  /** Null of an automatic reply, which is no subaccount's. */
  readonly subaccountId: string | null;
  readonly from: PhoneNumber;
  readonly to: readonly PhoneNumber[];
  /** Null where no one claim allowed it. */
  readonly claimRevision: number | null;
  readonly parts: readonly Part[];
  readonly service: Service | null;
  readonly effect: Effect | null;
  readonly replyTo: ReplyTo | null;
  readonly acceptedAt: Instant;
  /** Attempts made so far. */
  readonly attempts: number;
  /** When the first attempt was made of which nobody knows whether it got through; null where there is none. */
  readonly doubtfulSince: Instant | null;
  /** The chat at the carrier, once there is one. */
  readonly carrierChatId: string | null;
}

export interface WaitingRow {
  readonly message_id: string;
  readonly chat_id: string;
  readonly agency_id: string;
  readonly subaccount_id: string | null;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly claim_revision: string | null;
  readonly parts: readonly unknown[];
  readonly service: string | null;
  readonly effect: string | null;
  readonly reply_to: string | null;
  readonly reply_fallback: string | null;
  readonly accepted_at: Date;
  readonly attempts: number;
  readonly doubtful_since: Date | null;
  readonly carrier_chat_id: string | null;
}

export const toWaitingMessage = (row: WaitingRow): WaitingMessage => ({
  messageId: row.message_id,
  chatId: row.chat_id,
  agencyId: row.agency_id,
  subaccountId: row.subaccount_id,
  from: e164Schema.parse(row.sender),
  to: row.recipients.map((recipient) => e164Schema.parse(recipient)),
  claimRevision: row.claim_revision === null ? null : Number(row.claim_revision),
  parts: row.parts.map((part): Part => partSchema.parse(part)),
  service: row.service === null ? null : serviceSchema.parse(row.service),
  effect: row.effect === null ? null : effectSchema.parse(row.effect),
  replyTo:
    row.reply_to === null
      ? null
      : replyToSchema.parse({ messageId: row.reply_to, fallback: row.reply_fallback ?? undefined }),
  acceptedAt: instant(row.accepted_at),
  attempts: row.attempts,
  doubtfulSince: row.doubtful_since === null ? null : instant(row.doubtful_since),
  carrierChatId: row.carrier_chat_id,
});
