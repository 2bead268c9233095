import type { Instant } from '@claw/kernel';
import { rowsOf } from '@claw/postgres';
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

/** The ledger's side of messages on their way out: waiting, tried, handed over. */
@Injectable()
export class OutboundLedger {
  constructor(private readonly database: Database) {}

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
  async next(partition: number, chatId: string): Promise<WaitingMessage | undefined> {
    const [row] = await this.database.run((sql) =>
      rowsOf<WaitingRow>(
        sql,
        `SELECT m.*, c.carrier_chat_id FROM
           (SELECT message_id, chat_id, agency_id, subaccount_id, sender, recipients, claim_revision, parts, service,
              effect, reply_to, reply_fallback, accepted_at, attempts, doubtful_since
            FROM messages WHERE partition = $1 AND chat_id = $2 AND ${waiting} ORDER BY stream_seq LIMIT 1) m
         LEFT JOIN chats c USING (chat_id)`,
        [partition, chatId],
      ),
    );
    return row === undefined ? undefined : toWaitingMessage(row);
  }

  /**
   * Counts an attempt, durably, before it is made, and answers how many there were, this one included. It must not be
   * made where the answer is `lost` (the partition has another owner by now) or `gone` (the message waits no more).
   */
  async countAttempt(owned: Ownership, messageId: string, now: Instant): Promise<number | 'lost' | 'gone'> {
    const [row] = await this.database.run((sql) =>
      rowsOf<{ owned: boolean; attempts: number | null }>(
        sql,
        `WITH mine AS (SELECT 1 FROM partitions WHERE partition = $1 AND epoch = $2),
           counted AS (
             UPDATE messages SET attempts = attempts + 1, doubtful_since = COALESCE(doubtful_since, $4)
             WHERE message_id = $3 AND ${waiting} AND EXISTS (SELECT FROM mine)
             RETURNING attempts)
         SELECT EXISTS (SELECT FROM mine) AS owned, (SELECT attempts FROM counted) AS attempts`,
        [owned.partition, owned.epoch, messageId, now],
      ),
    );
    if (row === undefined || !row.owned) return 'lost';
    return row.attempts ?? 'gone';
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
  async handOver(
    message: Pick<WaitingMessage, 'messageId' | 'carrierChatId'>,
    receipt: CarrierReceipt,
    now: Instant,
  ): Promise<void> {
    await this.database.run((sql) =>
      sql.query(
        `WITH chat AS (
           INSERT INTO chats (chat_id, agency_id, subaccount_id, participants, sending_number, claim_revision, is_group,
             carrier_chat_id)
           SELECT chat_id, agency_id, subaccount_id, recipients, sender, claim_revision, is_group,
             CASE WHEN is_group AND EXISTS (
               SELECT FROM chats other
               WHERE other.carrier_chat_id = $4 AND other.is_group AND other.chat_id <> messages.chat_id)
             THEN NULL ELSE $4 END
           FROM messages WHERE message_id = $1 AND subaccount_id IS NOT NULL AND $6
           ON CONFLICT (chat_id) DO UPDATE SET carrier_chat_id = EXCLUDED.carrier_chat_id)
         UPDATE messages SET dispatched_at = COALESCE(dispatched_at, $2), carrier_message_id = $3,
           carrier_chat_id = $4, service = COALESCE($5, service) WHERE message_id = $1`,
        [
          message.messageId,
          now,
          receipt.carrierMessageId,
          receipt.carrierChatId,
          receipt.service,
          message.carrierChatId !== receipt.carrierChatId,
        ],
      ),
    );
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
