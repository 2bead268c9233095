import { type CallResult, e164Schema, type SubaccountView, type SuspensionReason } from '@claw/contracts';
import { instant } from '@claw/kernel';
import { Postgres, rowsOf } from '@claw/postgres';
import { Injectable } from '@nestjs/common';
import { answered, notFound, type ReplyOf, type RequestOf } from '../../calls';
import { decodeCursor, invalidCursor, pageOf } from '../../tables/page';

interface Row {
  readonly subaccount_id: string;
  readonly agency_id: string;
  readonly name: string;
  readonly email: string | null;
  readonly external_id: string | null;
  readonly message_limit: number;
  readonly status: SubaccountView['status'];
  readonly suspensions: SuspensionReason[];
  readonly key_prefix: string;
  readonly sending_number: string;
  readonly created_at: Date;
}

/** Reads subaccounts from their table. */
@Injectable()
export class SubaccountQueries {
  constructor(private readonly database: Postgres) {}

  /** Newest first; closed ones only when asked for. Throws `Unavailable`. */
  async list(request: RequestOf<'listSubaccounts'>): Promise<CallResult<ReplyOf<'listSubaccounts'>>> {
    const after = decodeCursor(request.cursor);
    if (after === 'invalid') return invalidCursor();
    const { agencyId, status, externalId, q, limit } = request;
    const rows = await this.database.run((sql) =>
      rowsOf<Row>(
        sql,
        `SELECT * FROM subaccounts
         WHERE agency_id = $1
           AND CASE WHEN $2::text IS NULL THEN status <> 'closed' ELSE status = $2 END
           AND ($3::text IS NULL OR external_id = $3)
           AND ($4::text IS NULL OR strpos(lower(concat_ws(E'\\n', name, email, external_id)), lower($4)) > 0)
           AND ($5::timestamptz IS NULL OR (created_at, subaccount_id) < ($5, $6::uuid))
         ORDER BY created_at DESC, subaccount_id DESC
         LIMIT $7`,
        [
          agencyId,
          status ?? null,
          externalId ?? null,
          q ?? null,
          after?.at ?? null,
          after?.id ?? null,
          limit + 1,
        ],
      ),
    );
    return answered(
      pageOf(rows, limit, viewOf, (row) => ({ at: instant(row.created_at), id: row.subaccount_id })),
    );
  }

  /** Closed ones too; another agency's is not found. Throws `Unavailable`. */
  async get({ agencyId, subaccountId }: RequestOf<'getSubaccount'>): Promise<CallResult<SubaccountView>> {
    const [row] = await this.database.run((sql) =>
      rowsOf<Row>(sql, 'SELECT * FROM subaccounts WHERE subaccount_id = $1 AND agency_id = $2', [
        subaccountId,
        agencyId,
      ]),
    );
    return row ? answered(viewOf(row)) : notFound('subaccount');
  }
}

const viewOf = (row: Row): SubaccountView => ({
  subaccountId: row.subaccount_id,
  agencyId: row.agency_id,
  name: row.name,
  email: row.email,
  externalId: row.external_id,
  messageLimit: row.message_limit,
  status: row.status,
  suspensions: row.suspensions,
  keyPrefix: row.key_prefix,
  sendingNumber: e164Schema.parse(row.sending_number),
  createdAt: instant(row.created_at),
});
