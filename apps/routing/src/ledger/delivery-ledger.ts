import type { SocketErrorCode } from '@claw/contracts';
import { type Instant, instant } from '@claw/kernel';
import { type DeliveryState, foldDelivery } from '@claw/routing-domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { rowsOf, type Sql } from '@claw/postgres';

/** What somebody says about how far a message has come. */
export interface DeliveryReport {
  readonly state: Exclude<DeliveryState, 'queued'>;
  readonly at: Instant;
  readonly service?: string | null;
  readonly error?: { readonly code: SocketErrorCode; readonly reason: string };
  /** The carrier's own ids for it, where the report has them. */
  readonly carrier?: { readonly messageId: string; readonly chatId: string | null };
}

/** Ours, or the carrier's where ours isn't known. */
export type MessageReference = { readonly messageId: string } | { readonly carrierMessageId: string };

/** A message that has moved. */
export interface Moved {
  readonly messageId: string;
  /** Null of an automatic reply. */
  readonly subaccountId: string | null;
  readonly clientId: string | null;
  readonly state: DeliveryState;
  readonly service: string | null;
}

interface Row {
  readonly message_id: string;
  readonly subaccount_id: string | null;
  readonly client_id: string | null;
  readonly status: DeliveryState;
  readonly service: string | null;
}

/** The ledger's side of delivery states. */
@Injectable()
export class DeliveryLedger {
  constructor(private readonly database: Database) {}

  /**
   * Folds a report into a message's state, forwards only, and announces it if the state moved. The row is locked
   * until that is done, so announcements of one message come in order; should the commit fail after the
   * announcement, the same report announces it again, which the feed recognises.
   */
  report(
    reference: MessageReference,
    report: DeliveryReport,
    announce: (moved: Moved) => Promise<void>,
  ): Promise<'moved' | 'unmoved' | 'unknown'> {
    return this.database.transaction(async (sql) => {
      const row = await lockRow(sql, reference);
      if (row === undefined) return 'unknown';
      const next = foldDelivery(row.status, report.state);
      await writeReport(sql, row.message_id, report, next);
      if (next === undefined) return 'unmoved';
      await announce({
        messageId: row.message_id,
        subaccountId: row.subaccount_id,
        clientId: row.client_id,
        state: next,
        service: report.service ?? row.service,
      });
      return 'moved';
    });
  }
}

const lockRow = async (sql: Sql, reference: MessageReference): Promise<Row | undefined> => {
  const [column, id] =
    'messageId' in reference
      ? ['message_id', reference.messageId]
      : ['carrier_message_id', reference.carrierMessageId];
  const [row] = await rowsOf<Row>(
    sql,
    `SELECT message_id, subaccount_id, client_id, status, service FROM messages
     WHERE ${column} = $1 AND direction = 'out' FOR UPDATE`,
    [id],
  );
  return row;
};

const timeColumns = {
  sent: 'sent_at',
  delivered: 'delivered_at',
  read: 'read_at',
  failed: 'failed_at',
} as const satisfies Record<DeliveryReport['state'], string>;

/** Also a report that doesn't move the state tells when something was, and which the carrier's message is. */
const writeReport = async (
  sql: Sql,
  messageId: string,
  { state, at, service, error, carrier }: DeliveryReport,
  next: DeliveryState | undefined,
): Promise<void> => {
  const column = timeColumns[state];
  const stamps = state !== 'failed' || next === 'failed';
  await sql.query(
    `UPDATE messages SET
       status = COALESCE($2, status),
       ${column} = CASE WHEN $3 THEN COALESCE(${column}, $4) ELSE ${column} END,
       service = COALESCE($5, service),
       error_code = COALESCE($6, error_code),
       error = COALESCE($7, error),
       carrier_message_id = COALESCE(carrier_message_id, $8),
       carrier_chat_id = COALESCE(carrier_chat_id, $9),
       dispatched_at = CASE WHEN $8::text IS NULL THEN dispatched_at ELSE COALESCE(dispatched_at, $4) END
     WHERE message_id = $1`,
    [
      messageId,
      next ?? null,
      stamps,
      instant(at),
      service ?? null,
      next === 'failed' ? (error?.code ?? null) : null,
      next === 'failed' ? (error?.reason ?? null) : null,
      carrier?.messageId ?? null,
      carrier?.chatId ?? null,
    ],
  );
};
