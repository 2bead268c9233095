import type { AutomaticReply, OutboundEntry, OutboundMessage, OutboundReaction } from '@claw/contracts';
import { changedRows, type Sql } from '@claw/postgres';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { textOf } from './message-text';
import type { Ownership } from './outbound-ledger';

/** An entry at its place in OUTBOUND. */
export interface Placed<Entry extends OutboundEntry = OutboundEntry> {
  readonly seq: number;
  readonly entry: Entry;
}

/** What is on its way out, taken from OUTBOUND into the ledger. */
@Injectable()
export class OutboundIntake {
  constructor(private readonly database: Database) {}

  /**
   * Writes entries of a partition and how far it was read (without `upTo` that stays), all or nothing; one that is
   * known already stays as it is. False where somebody else owns the partition by now: then nothing was written.
   */
  takeIn(owned: Ownership, entries: readonly Placed[], upTo?: number): Promise<boolean> {
    const messages = entries.filter(isMessage);
    const reactions = entries.filter(isReaction);
    return this.database.transaction(async (sql) => {
      const moved = await changedRows(
        sql,
        `UPDATE partitions SET taken_seq = COALESCE($3, taken_seq) WHERE partition = $1 AND epoch = $2
         RETURNING partition`,
        [owned.partition, owned.epoch, upTo ?? null],
      );
      if (moved.length === 0) return false;
      if (messages.length > 0) await writeMessages(sql, owned.partition, messages);
      if (reactions.length > 0) await writeReactions(sql, owned.partition, reactions);
      return true;
    });
  }
}

const isReaction = (placed: Placed): placed is Placed<OutboundReaction> => placed.entry.kind === 'reaction';
const isMessage = (placed: Placed): placed is Placed<OutboundMessage | AutomaticReply> => !isReaction(placed);

const writeMessages = async (
  sql: Sql,
  partition: number,
  messages: readonly Placed<OutboundMessage | AutomaticReply>[],
): Promise<void> => {
  await sql.query(
    `INSERT INTO messages (message_id, direction, kind, agency_id, subaccount_id, chat_id, is_group, client_id, sender,
       recipients, parts, text, service, effect, reply_to, reply_fallback, status, claim_revision, accepted_at,
       partition, stream_seq)
     SELECT m.message_id, 'out', m.kind, m.agency_id, m.subaccount_id, m.chat_id, m.is_group, m.client_id, m.sender,
       m.recipients, m.parts, m.text, m.service, m.effect, m.reply_to, m.reply_fallback, 'queued', m.claim_revision,
       m.accepted_at, $2, m.stream_seq
     FROM jsonb_to_recordset($1::jsonb) AS m(message_id text, kind text, agency_id uuid, subaccount_id uuid,
       chat_id uuid, is_group boolean, client_id text, sender text, recipients text[], parts jsonb, text text,
       service text, effect text, reply_to text, reply_fallback text, claim_revision bigint, accepted_at timestamptz,
       stream_seq bigint)
     ON CONFLICT (message_id) DO NOTHING`,
    [JSON.stringify(messages.map(({ seq, entry }) => ({ ...rowOf(entry), stream_seq: seq }))), partition],
  );
};

const writeReactions = async (
  sql: Sql,
  partition: number,
  reactions: readonly Placed<OutboundReaction>[],
): Promise<void> => {
  const rows = reactions.map(({ seq, entry }) => ({
    reaction_id: entry.reactionId,
    agency_id: entry.agencyId,
    subaccount_id: entry.subaccountId,
    client_id: entry.clientId,
    message_id: entry.messageId,
    reaction_type: entry.reactionType,
    remove: entry.remove,
    accepted_at: entry.acceptedAt,
    stream_seq: seq,
  }));
  await sql.query(
    `INSERT INTO reactions (reaction_id, agency_id, subaccount_id, client_id, message_id, reaction_type, remove,
       accepted_at, partition, stream_seq)
     SELECT r.reaction_id, r.agency_id, r.subaccount_id, r.client_id, r.message_id, r.reaction_type, r.remove,
       r.accepted_at, $2, r.stream_seq
     FROM jsonb_to_recordset($1::jsonb) AS r(reaction_id text, agency_id uuid, subaccount_id uuid, client_id text,
       message_id text, reaction_type text, remove boolean, accepted_at timestamptz, stream_seq bigint)
     ON CONFLICT (reaction_id) DO NOTHING`,
    [JSON.stringify(rows), partition],
  );
};

/** Members that a kind doesn't have are left out, and so are null in the table. */
const rowOf = (entry: OutboundMessage | AutomaticReply) => {
  const common = {
    message_id: entry.messageId,
    kind: entry.kind,
    agency_id: entry.agencyId,
    chat_id: entry.chatId,
    sender: entry.from,
    recipients: entry.to,
    accepted_at: entry.acceptedAt,
  };
  if (entry.kind === 'automatic') {
    const parts = [{ type: 'text', value: entry.text }];
    return { ...common, is_group: false, parts, text: entry.text };
  }
  return {
    ...common,
    is_group: entry.claimRevision === null,
    subaccount_id: entry.subaccountId,
    client_id: entry.clientId,
    parts: entry.parts,
    text: textOf(entry.parts),
    service: entry.service,
    effect: entry.effect,
    reply_to: entry.replyTo?.messageId,
    reply_fallback: entry.replyTo?.fallback,
    claim_revision: entry.claimRevision,
  };
};
