import type { PhoneNumber } from '@claw/contracts';
import { type Instant, instant } from '@claw/kernel';
import { rowsOf } from '@claw/postgres';
import type { DeliveryState } from '@claw/routing-domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';

/** What the ledger has of a message of the carrier's: how far it has come and when it did, or that it came in. */
export interface Recorded {
  readonly state: DeliveryState | 'received';
  readonly sent: Instant | null;
  readonly delivered: Instant | null;
  readonly read: Instant | null;
}

interface Row {
  readonly carrier_message_id: string;
  readonly status: Recorded['state'];
  readonly sent_at: Date | null;
  readonly delivered_at: Date | null;
  readonly read_at: Date | null;
}

/** A chat of the carrier's with messages of ours of which nobody said yet that they arrived. */
export interface UnsettledChat {
  readonly id: string;
  readonly isGroup: boolean;
}

const mostChats = 500;

/** What the ledger has of the carrier's messages and chats. Throws `Unavailable`. */
@Injectable()
export class CarrierRecord {
  constructor(private readonly database: Database) {}

  /** Those of the carrier's messages, of either direction, that the ledger has. */
  async of(carrierMessageIds: readonly string[]): Promise<ReadonlyMap<string, Recorded>> {
    const rows = await this.database.run((sql) =>
      rowsOf<Row>(
        sql,
        `SELECT carrier_message_id, status, sent_at, delivered_at, read_at FROM messages
         WHERE carrier_message_id = ANY($1)`,
        [[...carrierMessageIds]],
      ),
    );
    return new Map(rows.map((row) => [row.carrier_message_id, toRecorded(row)] as const));
  }

  /**
   * The chats of a sending number with messages that came to one of these ages, in milliseconds since they were handed
   * over, within a span of time and hadn't arrived as far as anybody told. Some of very many.
   */
  async unsettledChats(
    line: PhoneNumber,
    { after, until }: { readonly after: Instant; readonly until: Instant },
    agesMs: readonly number[],
  ): Promise<readonly UnsettledChat[]> {
    const rows = await this.database.run((sql) =>
      rowsOf<{ carrier_chat_id: string; is_group: boolean }>(
        sql,
        `SELECT DISTINCT carrier_chat_id, is_group
         FROM unnest($4::float8[]) AS age_ms
         JOIN messages ON dispatched_at > $2::timestamptz - age_ms * interval '1 millisecond'
           AND dispatched_at <= $3::timestamptz - age_ms * interval '1 millisecond'
         WHERE direction = 'out' AND status IN ('queued', 'sent') AND dispatched_at IS NOT NULL
           AND sender = $1 AND carrier_chat_id IS NOT NULL
         LIMIT $5`,
        [line, after, until, [...agesMs], mostChats],
      ),
    );
    return rows.map(({ carrier_chat_id: id, is_group: isGroup }) => ({ id, isGroup }));
  }
}

const toRecorded = ({ status: state, sent_at, delivered_at, read_at }: Row): Recorded => ({
  state,
  sent: at(sent_at),
  delivered: at(delivered_at),
  read: at(read_at),
});

const at = (time: Date | null): Instant | null => (time === null ? null : instant(time));
