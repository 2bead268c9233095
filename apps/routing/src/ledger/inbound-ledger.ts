import type { PhoneNumber } from '@claw/contracts';
import type { Instant } from '@claw/kernel';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { inGroups, rowsOf, type Sql } from '@claw/postgres';

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

interface Arrived {
  readonly message: InboundMessage;
  readonly announce: (kept: Kept) => Promise<void>;
}

/** The ledger's side of messages that come in. */
@Injectable()
export class InboundLedger {
  private readonly inGroups: (arrived: Arrived) => Promise<boolean>;

  constructor(database: Database) {
    this.inGroups = inGroups((all: readonly Arrived[]) => database.transaction((sql) => keep(sql, all)));
  }

  /**
   * Keeps a message and announces it, once however often it comes: false where it was known. Should the commit fail
   * after the announcement, the repeat announces it again, which the feed recognises.
   */
  receive(message: InboundMessage, announce: (kept: Kept) => Promise<void>): Promise<boolean> {
    return this.inGroups({ message, announce });
  }
}

const keep = async (sql: Sql, all: readonly Arrived[]): Promise<readonly boolean[]> => {
  const messages = all.map(({ message }) => message);
  const fresh = await write(sql, messages);
  await tieChats(
    sql,
    messages.filter(({ messageId, isGroup }) => fresh.has(messageId) && !isGroup),
  );
  const announced: Promise<void>[] = [];
  const outcomes = all.map(({ message: { messageId }, announce }) => {
    const kept = fresh.get(messageId);
    if (kept === undefined) return false;
    fresh.delete(messageId);
    announced.push(announce(kept));
    return true;
  });
  await Promise.all(announced);
  return outcomes;
};

/** Those of the messages that were not known, by their ids. */
const write = async (sql: Sql, messages: readonly InboundMessage[]): Promise<Map<string, Kept>> => {
  const rows = await rowsOf<{ message_id: string; reply_to: string | null }>(
    sql,
    `INSERT INTO messages (message_id, direction, agency_id, subaccount_id, chat_id, sender, recipients, parts,
       text, service, status, claim_revision, accepted_at, sent_at, carrier_message_id, carrier_chat_id, reply_to,
       is_group)
     SELECT m."messageId", 'in', m."agencyId", m."subaccountId", m."chatId", m."from", ARRAY[m."to"], m.parts, m.text,
       m.service, 'received', m."claimRevision", m."receivedAt", m."sentAt", m."messageId", m."carrierChatId",
       (SELECT message_id FROM messages
        WHERE carrier_message_id = m."repliesTo" AND subaccount_id = m."subaccountId" LIMIT 1), m."isGroup"
     FROM jsonb_to_recordset($1::jsonb) AS m("messageId" text, "agencyId" uuid, "subaccountId" uuid, "chatId" uuid,
       "from" text, "to" text, parts jsonb, text text, service text, "claimRevision" bigint, "receivedAt" timestamptz,
       "sentAt" timestamptz, "carrierChatId" text, "repliesTo" text, "isGroup" boolean)
     ON CONFLICT DO NOTHING RETURNING message_id, reply_to`,
    [JSON.stringify(messages)],
  );
  return new Map(rows.map((row) => [row.message_id, { replyTo: row.reply_to }]));
};

/** The last message of a chat tells which chat of the carrier's it is. */
const tieChats = async (sql: Sql, messages: readonly InboundMessage[]): Promise<void> => {
  const newest = [...new Map(messages.map((message) => [message.chatId, message])).values()];
  if (newest.length === 0) return;
  await sql.query(
    `INSERT INTO chats (chat_id, agency_id, subaccount_id, participants, sending_number, claim_revision,
       carrier_chat_id)
     SELECT m."chatId", m."agencyId", m."subaccountId", ARRAY[m."from"], m."to", m."claimRevision", m."carrierChatId"
     FROM jsonb_to_recordset($1::jsonb) AS m("chatId" uuid, "agencyId" uuid, "subaccountId" uuid, "from" text,
       "to" text, "claimRevision" bigint, "carrierChatId" text)
     ORDER BY m."chatId"
     ON CONFLICT (chat_id) DO UPDATE SET carrier_chat_id = EXCLUDED.carrier_chat_id
     WHERE chats.carrier_chat_id IS DISTINCT FROM EXCLUDED.carrier_chat_id`,
    [JSON.stringify(newest)],
  );
};
