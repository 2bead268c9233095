import {
  type AgencyStatus,
  type AgencyView,
  type CallResult,
  e164Schema,
  type SuspensionReason,
  volumeLimitsSchema,
} from '@claw/contracts';
import { instant } from '@claw/kernel';
import { Postgres, rowsOf } from '@claw/postgres';
import { Injectable } from '@nestjs/common';
import { answered, notFound, type ReplyOf, type RequestOf } from '../../calls';
import { decodeCursor, invalidCursor, pageOf } from '../../tables/page';

interface Row {
  readonly agency_id: string;
  readonly name: string;
  readonly email: string;
  readonly status: AgencyStatus;
  readonly suspensions: SuspensionReason[];
  readonly sending_number: string | null;
  readonly key_prefix: string | null;
  readonly help_text: string | null;
  readonly limits: unknown;
  readonly created_at: Date;
  readonly active: number;
  readonly suspended: number;
  readonly closed: number;
}

const select = `
  SELECT agencies.*, counts.active, counts.suspended, counts.closed
  FROM agencies CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE status = 'active')::int AS active,
           count(*) FILTER (WHERE status = 'suspended')::int AS suspended,
           count(*) FILTER (WHERE status = 'closed')::int AS closed
    FROM subaccounts WHERE subaccounts.agency_id = agencies.agency_id
  ) AS counts`;

/** Reads agencies from their table, each with the number of its subaccounts. */
@Injectable()
export class AgencyQueries {
  constructor(private readonly database: Postgres) {}

  /** Newest first. Throws `Unavailable`. */
  async list({ cursor, limit }: RequestOf<'listAgencies'>): Promise<CallResult<ReplyOf<'listAgencies'>>> {
    const after = decodeCursor(cursor);
    if (after === 'invalid') return invalidCursor();
    const rows = await this.database.run((sql) =>
      rowsOf<Row>(
        sql,
        `${select} WHERE $1::timestamptz IS NULL OR (created_at, agency_id) < ($1, $2::uuid)
         ORDER BY created_at DESC, agency_id DESC LIMIT $3`,
        [after?.at ?? null, after?.id ?? null, limit + 1],
      ),
    );
    return answered(
      pageOf(rows, limit, viewOf, (row) => ({ at: instant(row.created_at), id: row.agency_id })),
    );
  }

  /** Throws `Unavailable`. */
  async get(agencyId: string): Promise<CallResult<AgencyView>> {
    const [row] = await this.database.run((sql) =>
      rowsOf<Row>(sql, `${select} WHERE agencies.agency_id = $1`, [agencyId]),
    );
    return row ? answered(viewOf(row)) : notFound('agency');
  }
}

const viewOf = (row: Row): AgencyView => ({
  agencyId: row.agency_id,
  name: row.name,
  email: row.email,
  status: row.status,
  suspensions: row.suspensions,
  sendingNumber: row.sending_number === null ? null : e164Schema.parse(row.sending_number),
  keyPrefix: row.key_prefix,
  helpText: row.help_text,
  limits: volumeLimitsSchema.partial().parse(row.limits),
  subaccounts: { active: row.active, suspended: row.suspended, closed: row.closed },
  createdAt: instant(row.created_at),
});
