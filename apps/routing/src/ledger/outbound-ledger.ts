import type { Instant } from '@claw/kernel';
import { inGroups, rowsOf, type Sql } from '@claw/postgres';
import type { CarrierReceipt } from '@claw/routing-domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { toWaitingMessage, type WaitingMessage, type WaitingRow } from './waiting-message';

/** The right to work on a partition: the epoch grows with every owner, and an older one gets nothing done. */
export interface Ownership {
  readonly partition: number;
  readonly epoch: string;
}

const waiting = `direction = 'out' AND status = 'queued' AND dispatched_at IS NULL`;

interface Lane {
  readonly partition: number;
  readonly chatId: string;
}

interface Attempt extends Ownership {
  readonly messageId: string;
  readonly now: Instant;
}

interface HandedOver {
  readonly messageId: string;
  readonly receipt: CarrierReceipt;
  readonly now: Instant;
  /** Whether the carrier's chat is another than the ledger knows. */
  readonly newChat: boolean;
}

/** The ledger's side of messages on their way out: waiting, tried, handed over. */
@Injectable()
export class OutboundLedger {
  private readonly nextOf: (lane: Lane) => Promise<WaitingMessage | undefined>;
  private readonly countOf: (attempt: Attempt) => Promise<number | 'lost' | 'gone'>;
  private readonly noteOf: (handedOver: HandedOver) => Promise<void>;

  constructor(private readonly database: Database) {
    this.nextOf = inGroups((lanes: readonly Lane[]) => database.run((sql) => nextIn(sql, lanes)));
    this.countOf = inGroups((attempts: readonly Attempt[]) =>
      database.transaction((sql) => countAttempts(sql, attempts)),
    );
    this.noteOf = inGroups((all: readonly HandedOver[]) =>
      database.transaction((sql) => noteHandedOver(sql, all)),
    );
  }

  /** The chats of a partition that have messages waiting. */
  async waitingChats(partition: number): Promise<readonly string[]> {
    const rows = await this.database.run((sql) =>
      rowsOf<{ chat_id: string }>(
        sql,
        `SELECT DISTINCT chat_id FROM messages WHERE partition = $1 AND ${waiting}`,
        [partition],
      ),
    );
    return rows.map((row) => row.chat_id);
  }

  /** The oldest message of a chat that waits. */
  next(partition: number, chatId: string): Promise<WaitingMessage | undefined> {
    return this.nextOf({ partition, chatId });
  }

  /**
   * Counts an attempt, durably, before it is made, and answers how many there were, this one included. It must not be
   * made where the answer is `lost` (the partition has another owner by now) or `gone` (the message waits no more).
   */
  countAttempt(
    { partition, epoch }: Ownership,
    messageId: string,
    now: Instant,
  ): Promise<number | 'lost' | 'gone'> {
    return this.countOf({ partition, epoch, messageId, now });
  }

  /** No attempt of this message got through: the carrier said so. */
  async clearDoubt(messageId: string): Promise<void> {
    await this.database.run((sql) =>
      sql.query(`UPDATE messages SET doubtful_since = NULL WHERE message_id = $1 AND ${waiting}`, [
        messageId,
      ]),
    );
  }

  /**
   * Notes that the carrier has a message, and in which chat of its own. A group of the carrier's that is a chat of ours
   * already stays that one's.
   */
  handOver(
    { messageId, carrierChatId }: Pick<WaitingMessage, 'messageId' | 'carrierChatId'>,
    receipt: CarrierReceipt,
    now: Instant,
  ): Promise<void> {
    return this.noteOf({ messageId, receipt, now, newChat: carrierChatId !== receipt.carrierChatId });
  }

  /**
   * The carrier's id of a message in one of the subaccount's chats; undefined where there is no such message, or it
   * never got to the carrier.
   */
  async carrierIdIn(
    { subaccountId, chatId }: { readonly subaccountId: string; readonly chatId: string },
    messageId: string,
  ): Promise<string | undefined> {
    const [row] = await this.database.run((sql) =>
      rowsOf<{ carrier_message_id: string | null }>(
        sql,
        'SELECT carrier_message_id FROM messages WHERE message_id = $1 AND subaccount_id = $2 AND chat_id = $3',
        [messageId, subaccountId, chatId],
      ),
    );
    return row?.carrier_message_id ?? undefined;
  }

  /** Those of the carrier's messages that are none of the ledger's. */
  async unclaimed(receipts: readonly CarrierReceipt[]): Promise<readonly CarrierReceipt[]> {
    const ids = receipts.map(({ carrierMessageId }) => carrierMessageId);
    const rows = await this.database.run((sql) =>
      rowsOf<{ carrier_message_id: string }>(
        sql,
        `SELECT carrier_message_id FROM messages WHERE carrier_message_id = ANY($1) AND direction = 'out'`,
        [ids],
      ),
    );
    const known = new Set(rows.map((row) => row.carrier_message_id));
    return receipts.filter(({ carrierMessageId }) => !known.has(carrierMessageId));
  }
}

const nextIn = async (sql: Sql, lanes: readonly Lane[]): Promise<readonly (WaitingMessage | undefined)[]> => {
  const rows = await rowsOf<WaitingRow>(
    sql,
    `SELECT m.*, c.carrier_chat_id
     FROM jsonb_to_recordset($1::jsonb) AS lane("partition" smallint, "chatId" uuid)
     CROSS JOIN LATERAL
       (SELECT message_id, chat_id, agency_id, subaccount_id, sender, recipients, claim_revision, parts, service,
          effect, reply_to, reply_fallback, accepted_at, attempts, doubtful_since
        FROM messages WHERE partition = lane."partition" AND chat_id = lane."chatId" AND ${waiting}
        ORDER BY stream_seq LIMIT 1) m
     LEFT JOIN chats c USING (chat_id)`,
    [JSON.stringify(lanes)],
  );
  const byChat = new Map(rows.map((row) => [row.chat_id, row]));
  return lanes.map(({ chatId }) => {
    const row = byChat.get(chatId);
    return row === undefined ? undefined : toWaitingMessage(row);
  });
};

/** The rows are locked in an order that all writers keep. */
const countAttempts = async (
  sql: Sql,
  attempts: readonly Attempt[],
): Promise<readonly (number | 'lost' | 'gone')[]> => {
  const rows = await rowsOf<{ message_id: string; owned: boolean; attempts: number | null }>(
    sql,
    `WITH attempt AS (
       SELECT a.*, EXISTS (SELECT FROM partitions p WHERE p.partition = a."partition" AND p.epoch = a.epoch) AS owned
       FROM jsonb_to_recordset($1::jsonb) AS a("partition" smallint, epoch bigint, "messageId" text, now timestamptz)),
       locked AS (
         SELECT message_id FROM messages WHERE message_id IN (SELECT "messageId" FROM attempt WHERE owned)
         ORDER BY message_id FOR UPDATE),
       counted AS (
         UPDATE messages m SET attempts = m.attempts + 1, doubtful_since = COALESCE(m.doubtful_since, a.now)
         FROM attempt a JOIN locked ON locked.message_id = a."messageId"
         WHERE m.message_id = a."messageId" AND a.owned AND ${waiting}
         RETURNING m.message_id, m.attempts)
     SELECT a."messageId" AS message_id, a.owned, counted.attempts
     FROM attempt a LEFT JOIN counted ON counted.message_id = a."messageId"`,
    [JSON.stringify(attempts)],
  );
  const byMessage = new Map(rows.map((row) => [row.message_id, row]));
  return attempts.map(({ messageId }) => {
    const row = byMessage.get(messageId);
    return row === undefined || !row.owned ? 'lost' : (row.attempts ?? 'gone');
  });
};

const noteHandedOver = async (sql: Sql, all: readonly HandedOver[]): Promise<readonly void[]> => {
  await sql.query(
    `WITH handed AS (
       SELECT * FROM jsonb_to_recordset($1::jsonb) AS h(message_id text, now timestamptz, carrier_message_id text,
         carrier_chat_id text, service text, new_chat boolean)),
       chat AS (
         INSERT INTO chats (chat_id, agency_id, subaccount_id, participants, sending_number, claim_revision, is_group,
           carrier_chat_id)
         SELECT DISTINCT ON (m.chat_id) m.chat_id, m.agency_id, m.subaccount_id, m.recipients, m.sender,
           m.claim_revision, m.is_group,
           CASE WHEN m.is_group AND EXISTS (
             SELECT FROM chats other
             WHERE other.carrier_chat_id = h.carrier_chat_id AND other.is_group AND other.chat_id <> m.chat_id)
           THEN NULL ELSE h.carrier_chat_id END
         FROM handed h JOIN messages m USING (message_id) WHERE m.subaccount_id IS NOT NULL AND h.new_chat
         ORDER BY m.chat_id
         ON CONFLICT (chat_id) DO UPDATE SET carrier_chat_id = EXCLUDED.carrier_chat_id),
       locked AS (
         SELECT message_id FROM messages WHERE message_id IN (SELECT message_id FROM handed)
         ORDER BY message_id FOR UPDATE)
     UPDATE messages m SET dispatched_at = COALESCE(m.dispatched_at, h.now),
       carrier_message_id = h.carrier_message_id, carrier_chat_id = h.carrier_chat_id,
       service = COALESCE(h.service, m.service)
     FROM handed h JOIN locked USING (message_id) WHERE m.message_id = h.message_id`,
    [
      JSON.stringify(
        all.map(({ messageId, receipt, now, newChat }) => ({
          message_id: messageId,
          now,
          carrier_message_id: receipt.carrierMessageId,
          carrier_chat_id: receipt.carrierChatId,
          service: receipt.service,
          new_chat: newChat,
        })),
      ),
    ],
  );
  return all.map(() => undefined);
};
