import type { SocketErrorCode } from '@claw/contracts';
import { type Instant, instant } from '@claw/kernel';
import { type DeliveryState, foldDelivery } from '@claw/routing-domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { inGroups, rowsOf, type Sql } from '@claw/postgres';

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

/** A message as the reports before have left it. */
interface Row {
  readonly message_id: string;
  readonly carrier_message_id: string | null;
  readonly subaccount_id: string | null;
  readonly client_id: string | null;
  status: DeliveryState;
  service: string | null;
}

interface Said {
  readonly reference: MessageReference;
  readonly report: DeliveryReport;
  readonly announce: (moved: Moved) => Promise<void>;
}

export type ReportOutcome = 'moved' | 'unmoved' | 'unknown';

/** The ledger's side of delivery states. */
@Injectable()
export class DeliveryLedger {
  private readonly inGroups: (said: Said) => Promise<ReportOutcome>;

  constructor(database: Database) {
    this.inGroups = inGroups((all: readonly Said[]) => database.transaction((sql) => fold(sql, all)));
  }

  /**
   * Folds a report into a message's state, forwards only, and announces it if the state moved. The row is locked
   * until that is done, so announcements of one message come in order; should the commit fail after the
   * announcement, the same report announces it again, which the feed recognises.
   */
  report(
    reference: MessageReference,
    report: DeliveryReport,
    announce: (moved: Moved) => Promise<void>,
  ): Promise<ReportOutcome> {
    return this.inGroups({ reference, report, announce });
  }
}

/** All of a group in one transaction, each after those before it. */
const fold = async (sql: Sql, all: readonly Said[]): Promise<readonly ReportOutcome[]> => {
  const rows = await lockRows(sql, all);
  const changes = new Map<string, Change>();
  const announced = new Map<string, Promise<void>>();
  const outcomes = all.map(({ reference, report, announce }): ReportOutcome => {
    const row = rows.get(keyOf(reference));
    if (row === undefined) return 'unknown';
    const { message_id: messageId, subaccount_id: subaccountId, client_id: clientId } = row;
    const state = foldDelivery(row.status, report.state);
    changes.set(messageId, changedBy(report, state, changes.get(messageId)));
    row.service = report.service ?? row.service;
    if (state === undefined) return 'unmoved';
    row.status = state;
    const moved = { messageId, subaccountId, clientId, state, service: row.service };
    const before = announced.get(messageId) ?? Promise.resolve();
    announced.set(
      messageId,
      before.then(() => announce(moved)),
    );
    return 'moved';
  });
  await Promise.all([write(sql, changes), ...announced.values()]);
  return outcomes;
};

const keyOf = (reference: MessageReference): string =>
  'messageId' in reference ? `ours ${reference.messageId}` : `theirs ${reference.carrierMessageId}`;

/** The rows by all that they are referred to by, locked in an order that all writers keep. */
const lockRows = async (sql: Sql, all: readonly Said[]): Promise<ReadonlyMap<string, Row>> => {
  const references = all.map(({ reference }) => reference);
  const rows = await rowsOf<Row>(
    sql,
    `SELECT message_id, carrier_message_id, subaccount_id, client_id, status, service FROM messages
     WHERE direction = 'out' AND (message_id = ANY($1) OR carrier_message_id = ANY($2))
     ORDER BY message_id FOR UPDATE`,
    [
      references.flatMap((reference) => ('messageId' in reference ? [reference.messageId] : [])),
      references.flatMap((reference) => ('messageId' in reference ? [] : [reference.carrierMessageId])),
    ],
  );
  return new Map(
    rows.flatMap((row) => [
      [keyOf({ messageId: row.message_id }), row] as const,
      ...(row.carrier_message_id === null
        ? []
        : [[keyOf({ carrierMessageId: row.carrier_message_id }), row] as const]),
    ]),
  );
};

/** What becomes of a row, by its columns; what isn't there stays as it is. */
type Change = Partial<
  Record<
    | 'status'
    | (typeof timeColumns)[DeliveryReport['state']]
    | 'service'
    | 'error_code'
    | 'error'
    | 'carrier_message_id'
    | 'carrier_chat_id'
    | 'dispatched_at',
    string | null
  >
>;

const timeColumns = {
  sent: 'sent_at',
  delivered: 'delivered_at',
  read: 'read_at',
  failed: 'failed_at',
} as const satisfies Record<DeliveryReport['state'], string>;

/** Also a report that doesn't move the state tells when something was, and which the carrier's message is. */
const changedBy = (
  { state, at, service, error, carrier }: DeliveryReport,
  next: DeliveryState | undefined,
  before: Change = {},
): Change => ({
  ...(carrier !== undefined && {
    carrier_message_id: carrier.messageId,
    carrier_chat_id: carrier.chatId,
    dispatched_at: instant(at),
  }),
  ...((state !== 'failed' || next === 'failed') && { [timeColumns[state]]: instant(at) }),
  ...before,
  ...(next !== undefined && { status: next }),
  ...((service ?? null) !== null && { service }),
  ...(next === 'failed' && error !== undefined && { error_code: error.code, error: error.reason }),
});

const write = async (sql: Sql, changes: ReadonlyMap<string, Change>): Promise<void> => {
  if (changes.size === 0) return;
  const rows = [...changes].map(([messageId, change]) => ({ message_id: messageId, ...change }));
  await sql.query(
    `UPDATE messages m SET
       status = COALESCE(c.status, m.status),
       sent_at = COALESCE(m.sent_at, c.sent_at),
       delivered_at = COALESCE(m.delivered_at, c.delivered_at),
       read_at = COALESCE(m.read_at, c.read_at),
       failed_at = COALESCE(m.failed_at, c.failed_at),
       service = COALESCE(c.service, m.service),
       error_code = COALESCE(c.error_code, m.error_code),
       error = COALESCE(c.error, m.error),
       carrier_message_id = COALESCE(m.carrier_message_id, c.carrier_message_id),
       carrier_chat_id = COALESCE(m.carrier_chat_id, c.carrier_chat_id),
       dispatched_at = COALESCE(m.dispatched_at, c.dispatched_at)
     FROM jsonb_to_recordset($1::jsonb) AS c(message_id text, status text, sent_at timestamptz,
       delivered_at timestamptz, read_at timestamptz, failed_at timestamptz, service text, error_code text, error text,
       carrier_message_id text, carrier_chat_id text, dispatched_at timestamptz)
     WHERE m.message_id = c.message_id`,
    [JSON.stringify(rows)],
  );
};
