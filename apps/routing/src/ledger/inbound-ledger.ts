import type { PhoneNumber } from '@claw/contracts';
import type { Instant } from '@claw/kernel';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { rowsOf, type Sql } from '@claw/postgres';

/** A customer's message and whose it is. */
export interface InboundMessage {
  readonly messageId: string;
  readonly agencyId: string;
  readonly subaccountId: string;
  readonly chatId: string;
  /** Null in a group, which is tied to its chat elsewhere. */
  readonly claimRevision: number | null;
  readonly isGroup: boolean;
  readonly from: PhoneNumber;
  readonly to: PhoneNumber;
  readonly parts: readonly object[];
  readonly text: string;
  readonly service: string;
  readonly carrierChatId: string;
  /** The carrier's id of the message that it is a threaded reply to. */
  readonly repliesTo: string | null;
  /** The carrier's time of it. */
  readonly sentAt: Instant;
  /** When its webhook came. */
  readonly receivedAt: Instant;
}

/** What the ledger adds to a message as it keeps it. */
export interface Kept {
  /** Our id of the message that it is a reply to, where that is the same subaccount's. */
  readonly replyTo: string | null;
}

/** The ledger's side of messages that come in. */
@Injectable()
export class InboundLedger {
  constructor(private readonly database: Database) {}

  /**
   * Keeps a message and announces it, once however often it comes: false where it was known. Should the commit fail
   * after the announcement, the repeat announces it again, which the feed recognises.
   */
  receive(message: InboundMessage, announce: (kept: Kept) => Promise<void>): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      const [kept] = await rowsOf<{ reply_to: string | null }>(
        sql,
        `INSERT INTO messages (message_id, direction, agency_id, subaccount_id, chat_id, sender, recipients, parts,
           text, service, status, claim_revision, accepted_at, sent_at, carrier_message_id, carrier_chat_id, reply_to,
           is_group)
         VALUES ($1, 'in', $2, $3, $4, $5, $6, $7, $8, $9, 'received', $10, $11, $12, $1, $13,
           (SELECT message_id FROM messages WHERE carrier_message_id = $14 AND subaccount_id = $3 LIMIT 1), $15)
         ON CONFLICT DO NOTHING RETURNING reply_to`,
        [
          message.messageId,
          message.agencyId,
          message.subaccountId,
          message.chatId,
          message.from,
          [message.to],
          JSON.stringify(message.parts),
          message.text,
          message.service,
          message.claimRevision,
          message.receivedAt,
          message.sentAt,
          message.carrierChatId,
          message.repliesTo,
          message.isGroup,
        ],
      );
      if (kept === undefined) return false;
      if (!message.isGroup) await tieChat(sql, message);
      await announce({ replyTo: kept.reply_to });
      return true;
    });
  }
}

const tieChat = async (sql: Sql, message: InboundMessage): Promise<void> => {
  await sql.query(
    `INSERT INTO chats (chat_id, agency_id, subaccount_id, participants, sending_number, claim_revision,
           carrier_chat_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (chat_id) DO UPDATE SET carrier_chat_id = EXCLUDED.carrier_chat_id
         WHERE chats.carrier_chat_id IS DISTINCT FROM EXCLUDED.carrier_chat_id`,
    [
      message.chatId,
      message.agencyId,
      message.subaccountId,
      [message.from],
      message.to,
      message.claimRevision,
      message.carrierChatId,
    ],
  );
};
