import type { OutboundMessage } from '@claw/contracts';
import type { Instant } from '@claw/kernel';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { changedRows, rowsOf } from '@claw/postgres';
import { textOf } from './message-text';
import { toWaitingMessage, type WaitingMessage, type WaitingRow } from './waiting-message';

/** The right to work on a partition: the epoch grows with every owner, and an older one gets nothing done. */
export interface Ownership {
  readonly partition: number;
  readonly epoch: string;
}

/** A message at its place in OUTBOUND. */
export interface Placed {
  readonly seq: number;
  readonly message: OutboundMessage;
}

const waiting = `direction = 'out' AND status = 'queued' AND dispatched_at IS NULL`;

/** The ledger's side of messages on their way out: taken in from OUTBOUND, tried, handed over. */
@Injectable()
export class OutboundLedger {
  constructor(private readonly database: Database) {}

  /**
   * Writes messages of a partition and how far it was read, all or nothing; one that is known already stays as it
   * is. False where somebody else owns the partition by now: then nothing was written.
   */
  takeIn(owned: Ownership, messages: readonly Placed[], upTo: number): Promise<boolean> {
    return this.database.transaction(async (sql) => {
      const moved = await changedRows(
        sql,
        'UPDATE partitions SET taken_seq = $3 WHERE partition = $1 AND epoch = $2 RETURNING partition',
        [owned.partition, owned.epoch, upTo],
      );
      if (moved.length === 0) return false;
      if (messages.length > 0) {
        await sql.query(
          `INSERT INTO messages (message_id, direction, agency_id, subaccount_id, chat_id, client_id, sender,
             recipients, parts, text, service, status, claim_revision, accepted_at, partition, stream_seq)
           SELECT m.message_id, 'out', m.agency_id, m.subaccount_id, m.chat_id, m.client_id, m.sender,
             m.recipients, m.parts, m.text, m.service, 'queued', m.claim_revision, m.accepted_at, $2, m.stream_seq
           FROM jsonb_to_recordset($1::jsonb) AS m(message_id text, agency_id uuid, subaccount_id uuid, chat_id uuid,
             client_id text, sender text, recipients text[], parts jsonb, text text, service text,
             claim_revision bigint, accepted_at timestamptz, stream_seq bigint)
           ON CONFLICT (message_id) DO NOTHING`,
          [JSON.stringify(messages.map(toRow)), owned.partition],
        );
      }
      return true;
    });
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
  async next(partition: number, chatId: string): Promise<WaitingMessage | undefined> {
    const [row] = await this.database.run((sql) =>
      rowsOf<WaitingRow>(
        sql,
        `SELECT m.*, c.carrier_chat_id FROM
           (SELECT message_id, chat_id, agency_id, subaccount_id, client_id, sender, recipients, claim_revision,
              parts, service, accepted_at, attempts
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
             UPDATE messages SET attempts = attempts + 1, attempted_at = $4
             WHERE message_id = $3 AND ${waiting} AND EXISTS (SELECT FROM mine)
             RETURNING attempts)
         SELECT EXISTS (SELECT FROM mine) AS owned, (SELECT attempts FROM counted) AS attempts`,
        [owned.partition, owned.epoch, messageId, now],
      ),
    );
    if (row === undefined || !row.owned) return 'lost';
    return row.attempts ?? 'gone';
  }

  /** Notes that the carrier has a message, and in which chat of its own. */
  async handOver(
    message: WaitingMessage,
    carrier: { readonly messageId: string; readonly chatId: string; readonly service: string | null },
    now: Instant,
  ): Promise<void> {
    await this.database.run((sql) =>
      sql.query(
        `WITH chat AS (
           INSERT INTO chats (chat_id, agency_id, subaccount_id, participants, sending_number, claim_revision,
             carrier_chat_id)
           SELECT chat_id, agency_id, subaccount_id, recipients, sender, claim_revision, $4
           FROM messages WHERE message_id = $1 AND $6
           ON CONFLICT (chat_id) DO UPDATE SET carrier_chat_id = EXCLUDED.carrier_chat_id)
         UPDATE messages SET dispatched_at = COALESCE(dispatched_at, $2), carrier_message_id = $3,
           carrier_chat_id = $4, service = COALESCE($5, service) WHERE message_id = $1`,
        [
          message.messageId,
          now,
          carrier.messageId,
          carrier.chatId,
          carrier.service,
          message.carrierChatId !== carrier.chatId,
        ],
      ),
    );
  }
}

const toRow = ({ seq, message }: Placed) => ({
  message_id: message.messageId,
  agency_id: message.agencyId,
  subaccount_id: message.subaccountId,
  chat_id: message.chatId,
  client_id: message.clientId,
  sender: message.from,
  recipients: message.to,
  parts: message.parts,
  text: textOf(message.parts),
  service: message.service,
  claim_revision: message.claimRevision,
  accepted_at: message.acceptedAt,
  stream_seq: seq,
});
