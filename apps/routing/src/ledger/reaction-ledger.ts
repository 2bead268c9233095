import { e164Schema, type PhoneNumber, type ReactionType, reactionTypeSchema } from '@claw/contracts';
import { type Instant, instant } from '@claw/kernel';
import { rowsOf } from '@claw/postgres';
import type { DispatchFailureCode } from '@claw/routing-domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import type { Ownership } from './outbound-ledger';

/** A reaction that was accepted and isn't with the carrier yet. */
export interface WaitingReaction {
  readonly reactionId: string;
  readonly agencyId: string;
  readonly subaccountId: string;
  readonly clientId: string;
  /** The message it is about. */
  readonly messageId: string;
  readonly type: ReactionType;
  readonly remove: boolean;
  readonly acceptedAt: Instant;
}

/** The message that a reaction is about, and who is in its chat. */
export interface TargetMessage {
  /** Null where it isn't with the carrier. */
  readonly carrierMessageId: string | null;
  readonly failed: boolean;
  readonly from: PhoneNumber;
  readonly to: readonly PhoneNumber[];
  readonly claimRevision: number | null;
}

interface ReactionRow {
  readonly reaction_id: string;
  readonly agency_id: string;
  readonly subaccount_id: string;
  readonly client_id: string;
  readonly message_id: string;
  readonly reaction_type: string;
  readonly remove: boolean;
  readonly accepted_at: Date;
}

interface TargetRow {
  readonly carrier_message_id: string | null;
  readonly failed: boolean;
  readonly sending_number: string;
  readonly participants: readonly string[];
  readonly claim_revision: string | null;
}

/** The ledger's side of reactions on their way out. */
@Injectable()
export class ReactionLedger {
  constructor(private readonly database: Database) {}

  /** The messages that reactions of a partition wait for to be given to. */
  async waitingTargets(partition: number): Promise<readonly string[]> {
    const rows = await this.database.run((sql) =>
      rowsOf<{ message_id: string }>(
        sql,
        'SELECT DISTINCT message_id FROM reactions WHERE partition = $1 AND settled_at IS NULL',
        [partition],
      ),
    );
    return rows.map((row) => row.message_id);
  }

  /** The oldest reaction to a message that waits. */
  async next(partition: number, messageId: string): Promise<WaitingReaction | undefined> {
    const [row] = await this.database.run((sql) =>
      rowsOf<ReactionRow>(
        sql,
        `SELECT reaction_id, agency_id, subaccount_id, client_id, message_id, reaction_type, remove, accepted_at
         FROM reactions WHERE partition = $1 AND message_id = $2 AND settled_at IS NULL
         ORDER BY stream_seq LIMIT 1`,
        [partition, messageId],
      ),
    );
    return row === undefined ? undefined : toReaction(row);
  }

  /** The message where it is the subaccount's, in either direction. */
  async target(subaccountId: string, messageId: string): Promise<TargetMessage | undefined> {
    const [row] = await this.database.run((sql) =>
      rowsOf<TargetRow>(
        sql,
        `SELECT m.carrier_message_id, m.status = 'failed' AS failed,
           CASE m.direction WHEN 'out' THEN m.sender ELSE c.sending_number END AS sending_number,
           CASE m.direction WHEN 'out' THEN m.recipients ELSE c.participants END AS participants,
           m.claim_revision
         FROM messages m LEFT JOIN chats c USING (chat_id)
         WHERE m.message_id = $1 AND m.subaccount_id = $2`,
        [messageId, subaccountId],
      ),
    );
    return row === undefined ? undefined : toTarget(row);
  }

  /** Counts an attempt before it is made; as `OutboundLedger.countAttempt`. */
  async countAttempt(owned: Ownership, reactionId: string): Promise<number | 'lost' | 'gone'> {
    const [row] = await this.database.run((sql) =>
      rowsOf<{ owned: boolean; attempts: number | null }>(
        sql,
        `WITH mine AS (SELECT 1 FROM partitions WHERE partition = $1 AND epoch = $2),
           counted AS (
             UPDATE reactions SET attempts = attempts + 1
             WHERE reaction_id = $3 AND settled_at IS NULL AND EXISTS (SELECT FROM mine)
             RETURNING attempts)
         SELECT EXISTS (SELECT FROM mine) AS owned, (SELECT attempts FROM counted) AS attempts`,
        [owned.partition, owned.epoch, reactionId],
      ),
    );
    if (row === undefined || !row.owned) return 'lost';
    return row.attempts ?? 'gone';
  }

  /** Ends a reaction: given, or failed with a code. */
  async settle(reactionId: string, code: DispatchFailureCode | null, now: Instant): Promise<void> {
    await this.database.run((sql) =>
      sql.query(
        `UPDATE reactions SET settled_at = $3, error_code = $2 WHERE reaction_id = $1 AND settled_at IS NULL`,
        [reactionId, code, now],
      ),
    );
  }
}

const toReaction = (row: ReactionRow): WaitingReaction => ({
  reactionId: row.reaction_id,
  agencyId: row.agency_id,
  subaccountId: row.subaccount_id,
  clientId: row.client_id,
  messageId: row.message_id,
  type: reactionTypeSchema.parse(row.reaction_type),
  remove: row.remove,
  acceptedAt: instant(row.accepted_at),
});

const toTarget = (row: TargetRow): TargetMessage => ({
  carrierMessageId: row.carrier_message_id,
  failed: row.failed,
  from: e164Schema.parse(row.sending_number),
  to: row.participants.map((participant) => e164Schema.parse(participant)),
  claimRevision: row.claim_revision === null ? null : Number(row.claim_revision),
});
