import { digitsOf, numberOf, type PhoneDigits, type PhoneNumber } from '@claw/contracts';
import { Postgres, changedRows, rowsOf } from '@claw/postgres';
import { Injectable } from '@nestjs/common';

/** How long a number is kept for an agency that doesn't come back for it. */
const reservation = "interval '10 minutes'";

/** Those an agency may still get: not assigned, and not just reserved for another one. */
const free = `agency_id IS NULL AND (reserved_at IS NULL OR reserved_at < now() - ${reservation})`;

/** The sending numbers that operators gave us, and whose they are. The log decides; this is where to look first. */
@Injectable()
export class NumberPool {
  constructor(private readonly database: Postgres) {}

  /** Adds those that aren't known yet; answers how many were new, and how many are free now. */
  async add(
    numbers: readonly PhoneNumber[],
  ): Promise<{ readonly added: number; readonly available: number }> {
    return this.database.transaction(async (sql) => {
      const added = await rowsOf(
        sql,
        `INSERT INTO number_pool (digits, added_at) SELECT DISTINCT unnest($1::text[]), now()
         ON CONFLICT (digits) DO NOTHING RETURNING digits`,
        [numbers.map(digitsOf)],
      );
      const [count] = await rowsOf<{ readonly available: number }>(
        sql,
        `SELECT count(*)::int AS available FROM number_pool WHERE ${free}`,
        [],
      );
      return { added: added.length, available: count?.available ?? 0 };
    });
  }

  /** The number that the agency has or had reserved, else a free one, reserved for it; undefined where none is left. */
  async reserve(agencyId: string): Promise<PhoneNumber | undefined> {
    const digits = await this.database.transaction(async (sql) => {
      const [own] = await rowsOf<{ readonly digits: PhoneDigits }>(
        sql,
        'SELECT digits FROM number_pool WHERE agency_id = $1 OR (agency_id IS NULL AND reserved_for = $1) LIMIT 1',
        [agencyId],
      );
      if (own) return own.digits;
      const [reserved] = await changedRows<{ readonly digits: PhoneDigits }>(
        sql,
        `UPDATE number_pool SET reserved_for = $1, reserved_at = now() WHERE digits = (
           SELECT digits FROM number_pool WHERE ${free} ORDER BY added_at, digits LIMIT 1 FOR UPDATE SKIP LOCKED
         ) RETURNING digits`,
        [agencyId],
      );
      return reserved?.digits;
    });
    return digits === undefined ? undefined : numberOf(digits);
  }

  /** Offers the number to nobody for a while: it can't be a sending number just now. */
  async setAside(number: PhoneNumber): Promise<void> {
    await this.database.run((sql) =>
      sql.query(
        'UPDATE number_pool SET reserved_for = NULL, reserved_at = now() WHERE digits = $1 AND agency_id IS NULL',
        [digitsOf(number)],
      ),
    );
  }

  /** Agencies that wait for a sending number and for nothing else. */
  async waitingAgencies(): Promise<readonly string[]> {
    const rows = await this.database.run((sql) =>
      rowsOf<{ readonly agency_id: string }>(
        sql,
        "SELECT agency_id FROM agencies WHERE status = 'pending' AND NOT card_required ORDER BY created_at LIMIT 100",
        [],
      ),
    );
    return rows.map((row) => row.agency_id);
  }
}
