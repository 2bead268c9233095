import {
  digitsOf,
  e164Schema,
  numberOf,
  type PhoneDigits,
  type PhoneNumber,
  type RouteEntry,
  type RouteView,
} from '@claw/contracts';
import { instant } from '@claw/kernel';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { inGroups, rowsOf } from '@claw/postgres';

/** Where a page of routes ended: the next begins behind it. */
export interface RoutePlace {
  readonly claimedAt: string;
  readonly phoneNumber: string;
}

interface Row {
  readonly phone_number: string;
  readonly claimed_at: Date;
}

interface HeldRow extends Row {
  readonly subaccount_id: string;
  readonly agency_id: string;
  readonly claim_revision: string;
  readonly released: boolean;
}

const heldOf = (row: HeldRow): HeldRoute => ({
  subaccountId: row.subaccount_id,
  agencyId: row.agency_id,
  claimedAt: instant(row.claimed_at),
  claimRevision: Number(row.claim_revision),
  released: row.released,
});

const viewOf = (row: Row): RouteView => ({
  phoneNumber: e164Schema.parse(row.phone_number),
  claimedAt: instant(row.claimed_at),
});

/** A number's route, or what it was before it was released. */
export type HeldRoute = Pick<
  RouteEntry,
  'subaccountId' | 'agencyId' | 'claimedAt' | 'claimRevision' | 'released'
>;

/** The phone routes as rows, to be listed and counted. */
@Injectable()
export class RouteTable {
  private readonly routeInGroups = inGroups(async (numbers: readonly PhoneNumber[]) => {
    const routes = await this.routesOf(numbers);
    return numbers.map((number) => routes.get(number));
  });

  constructor(private readonly database: Database) {}

  /** Writes the entries that are newer than what is there; with `alsoSame` also those of the same revision. */
  async write(
    entries: readonly (readonly [PhoneDigits, RouteEntry])[],
    { alsoSame = false }: { readonly alsoSame?: boolean } = {},
  ): Promise<void> {
    const rows = entries.map(([digits, entry]) => ({
      phone_number: numberOf(digits),
      subaccount_id: entry.subaccountId,
      agency_id: entry.agencyId,
      claimed_at: entry.claimedAt,
      claim_revision: entry.claimRevision,
      released: entry.released,
      revision: entry.revision,
    }));
    await this.database.run((sql) =>
      sql.query(
        `INSERT INTO routes AS stored
           (phone_number, subaccount_id, agency_id, claimed_at, claim_revision, released, revision)
         SELECT phone_number, subaccount_id, agency_id, claimed_at, claim_revision, released, revision
         FROM jsonb_to_recordset($1::jsonb) AS r(phone_number text, subaccount_id uuid, agency_id uuid,
           claimed_at timestamptz(3), claim_revision bigint, released boolean, revision bigint)
         ON CONFLICT (phone_number) DO UPDATE SET subaccount_id = EXCLUDED.subaccount_id,
           agency_id = EXCLUDED.agency_id, claimed_at = EXCLUDED.claimed_at,
           claim_revision = EXCLUDED.claim_revision, released = EXCLUDED.released, revision = EXCLUDED.revision
         WHERE stored.revision ${alsoSame ? '<=' : '<'} EXCLUDED.revision`,
        [JSON.stringify(rows)],
      ),
    );
  }

  /** Newest first. */
  async list(subaccountId: string, limit: number, after?: RoutePlace): Promise<readonly RouteView[]> {
    const rows = await this.database.run((sql) =>
      rowsOf<Row>(
        sql,
        `SELECT phone_number, claimed_at FROM routes
         WHERE subaccount_id = $1 AND NOT released
           AND ($3::timestamptz IS NULL OR (claimed_at, phone_number) < ($3::timestamptz, $4::text))
         ORDER BY claimed_at DESC, phone_number DESC LIMIT $2`,
        [subaccountId, limit, after?.claimedAt ?? null, after?.phoneNumber ?? null],
      ),
    );
    return rows.map(viewOf);
  }

  async count(subaccountId: string): Promise<number> {
    const [row] = await this.database.run((sql) =>
      rowsOf<{ routes: string }>(
        sql,
        'SELECT count(*) AS routes FROM routes WHERE subaccount_id = $1 AND NOT released',
        [subaccountId],
      ),
    );
    return Number(row?.routes ?? 0);
  }

  /** Up to `limit` numbers of a subaccount, whichever. */
  async some(subaccountId: string, limit: number): Promise<readonly PhoneNumber[]> {
    return (await this.list(subaccountId, limit)).map((route) => route.phoneNumber);
  }

  /** The routes of those of the numbers that anybody ever held, as of the last answered change. */
  async routesOf(numbers: readonly PhoneNumber[]): Promise<ReadonlyMap<PhoneNumber, HeldRoute>> {
    const rows = await this.database.run((sql) =>
      rowsOf<HeldRow>(
        sql,
        `SELECT phone_number, subaccount_id, agency_id, claimed_at, claim_revision, released FROM routes
         WHERE phone_number = ANY($1)`,
        [[...numbers]],
      ),
    );
    return new Map(rows.map((row) => [e164Schema.parse(row.phone_number), heldOf(row)] as const));
  }

  /** As {@link routesOf}, of one number. */
  routeOf(number: PhoneNumber): Promise<HeldRoute | undefined> {
    return this.routeInGroups(number);
  }

  /** The revision of a number's row; undefined where there is none. */
  async revision(digits: PhoneDigits): Promise<number | undefined> {
    const [row] = await this.database.run((sql) =>
      rowsOf<{ revision: string }>(sql, 'SELECT revision FROM routes WHERE phone_number = $1', [
        numberOf(digits),
      ]),
    );
    return row === undefined ? undefined : Number(row.revision);
  }

  /** Every number there is a row for, released or not, with its revision. */
  async revisions(): Promise<ReadonlyMap<PhoneDigits, number>> {
    const rows = await this.database.run((sql) =>
      rowsOf<{ phone_number: string; revision: string }>(
        sql,
        'SELECT phone_number, revision FROM routes',
        [],
      ),
    );
    return new Map(
      rows.map((row) => [digitsOf(e164Schema.parse(row.phone_number)), Number(row.revision)] as const),
    );
  }

  /** Removes rows that are still at these revisions. */
  async prune(rows: ReadonlyMap<PhoneDigits, number>): Promise<void> {
    await this.database.run((sql) =>
      sql.query(
        `DELETE FROM routes USING jsonb_to_recordset($1::jsonb) AS r(phone_number text, revision bigint)
         WHERE routes.phone_number = r.phone_number AND routes.revision = r.revision`,
        [
          JSON.stringify(
            [...rows].map(([digits, revision]) => ({ phone_number: numberOf(digits), revision })),
          ),
        ],
      ),
    );
  }
}
