import { setTimeout as pause } from 'node:timers/promises';
import { type Actor, type AuditEntry, type CallResult } from '@claw/contracts';
import { instant } from '@claw/kernel';
import { Postgres, rowsOf } from '@claw/postgres';
import { Injectable } from '@nestjs/common';
import { answered, invalidField, notFound, type ReplyOf, type RequestOf } from '../calls';
import { TableCheckpoints } from '../projection/table-checkpoints';

interface Row {
  readonly position: string;
  readonly at: Date;
  readonly actor_kind: Actor['kind'];
  readonly actor_id: string;
  readonly event: string;
  readonly summary: string;
  readonly subaccount_id: string | null;
  readonly request_id: string | null;
}

const positionForm = /^[0-9a-f]{16}-[0-9a-f]{16}-[0-9a-f]{8,16}$/;
/** Who follows the log is usually milliseconds behind; when it moves house, seconds. */
const longestWaitMs = 1_000;
const lookEveryMs = 25;

/** Reads the audit trail from its table. */
@Injectable()
export class AuditQueries {
  constructor(
    private readonly database: Postgres,
    private readonly checkpoints: TableCheckpoints,
  ) {}

  /** Newest first. Another agency's subaccount is not found. Throws `Unavailable`. */
  async ofSubaccount(
    request: RequestOf<'subaccountHistory'>,
  ): Promise<CallResult<ReplyOf<'subaccountHistory'>>> {
    const { agencyId, subaccountId, cursor, limit } = request;
    if (cursor !== undefined && !positionForm.test(cursor)) {
      return invalidField('cursor', 'must be the next_cursor of a page before');
    }
    const { known, rows } = await this.database.run(async (sql) => ({
      known: await rowsOf(sql, 'SELECT FROM subaccounts WHERE subaccount_id = $1 AND agency_id = $2', [
        subaccountId,
        agencyId,
      ]),
      rows: await rowsOf<Row>(
        sql,
        `SELECT * FROM audit_entries WHERE subaccount_id = $1 AND ($2::text IS NULL OR position < $2)
         ORDER BY position DESC LIMIT $3`,
        [subaccountId, cursor ?? null, limit + 1],
      ),
    }));
    return known.length > 0 ? answered(pageOf(rows, limit)) : notFound('subaccount');
  }

  /**
   * Oldest first, from a place on. Without gaps: entries come in any order, from commands and from routing's public
   * events, so one is only shown once everything before it is known to have come. Throws `Unavailable`.
   */
  async ofAgency(request: RequestOf<'agencyEvents'>): Promise<CallResult<ReplyOf<'agencyEvents'>>> {
    const { after, limit } = request;
    if (after !== undefined && !positionForm.test(after)) {
      return invalidField('after', 'must be the position of an entry');
    }
    const deadline = performance.now() + longestWaitMs;
    for (;;) {
      const rows = await this.after(request);
      const last = rows.at(-1)?.position;
      const followed = await this.checkpoints.of('trail').read();
      if (last === undefined || (followed !== undefined && last <= followed)) {
        // Nothing can have come in below the place that was followed to: what was read is whole, or is read again.
        return answered(pageOf(await this.after(request, followed), limit));
      }
      if (performance.now() > deadline)
        return answered(pageOf(await this.after(request, followed ?? ''), limit));
      await pause(lookEveryMs);
    }
  }

  private after(
    { agencyId, after, limit }: RequestOf<'agencyEvents'>,
    upTo?: string,
  ): Promise<readonly Row[]> {
    return this.database.run((sql) =>
      rowsOf<Row>(
        sql,
        `SELECT * FROM audit_entries
         WHERE agency_id = $1 AND ($2::text IS NULL OR position > $2) AND ($3::text IS NULL OR position <= $3)
         ORDER BY position LIMIT $4`,
        [agencyId, after ?? null, upTo ?? null, limit + 1],
      ),
    );
  }
}

const pageOf = (rows: readonly Row[], limit: number) => ({
  data: rows.slice(0, limit).map(entryOf),
  nextCursor: rows.length > limit ? (rows[limit - 1]?.position ?? null) : null,
});

const entryOf = (row: Row): AuditEntry => ({
  position: row.position,
  at: instant(row.at),
  actor: { kind: row.actor_kind, id: row.actor_id },
  event: row.event,
  summary: row.summary,
  subaccountId: row.subaccount_id,
  requestId: row.request_id,
});
