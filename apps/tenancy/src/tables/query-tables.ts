import type { PhoneNumber } from '@claw/contracts';
import { digitsOf, e164Schema } from '@claw/contracts';
import { Postgres } from '@claw/postgres';
import type { SendingNumber } from '@claw/tenancy-domain';
import { Injectable } from '@nestjs/common';
import type { AuditRecord } from '../audit/audit-record';
import type { Projected } from '../projection/projected';
import { agencyRow, agencyTable, auditRow, auditTable, subaccountRow, subaccountTable } from './rows';
import { insertMissing, upsertExact, upsertNewer } from './table';

/** One statement, so a row and its trail come together and in one round trip. */
const withTrail = (trail: string, rows: string): string => `WITH trail AS (${trail}) ${rows}`;

/** The audit trail of a command is a first writing: who follows the log knows each event's own place. */
const afterCommand = {
  agency: withTrail(insertMissing(auditTable, 2), upsertNewer(agencyTable, 1)),
  subaccount: withTrail(insertMissing(auditTable, 2), upsertNewer(subaccountTable, 1)),
};
const fromLog = {
  agency: withTrail(upsertExact(auditTable, 2), upsertNewer(agencyTable, 1)),
  subaccount: withTrail(upsertExact(auditTable, 2), upsertNewer(subaccountTable, 1)),
};

/** What queries read, in Postgres. A newer row is never overwritten by an older state. */
@Injectable()
export class QueryTables {
  constructor(private readonly database: Postgres) {}

  /** Right after a command, by the one who carried it out. Throws `Unavailable`. */
  writeAfterCommand(projected: Projected, trail: readonly AuditRecord[]): Promise<void> {
    return this.write(projected, trail, afterCommand, insertMissing(auditTable, 1));
  }

  /** What the log says: the trail's positions are exact. Throws `Unavailable`. */
  writeFromLog(projected: Projected, trail: readonly AuditRecord[]): Promise<void> {
    return this.write(projected, trail, fromLog, upsertExact(auditTable, 1));
  }

  /** Entries alone, which came with their exact positions. Throws `Unavailable`. */
  async writeTrail(trail: readonly AuditRecord[]): Promise<void> {
    const rows = JSON.stringify(trail.map(auditRow));
    await this.database.run((sql) => sql.query(upsertExact(auditTable, 1), [rows]));
  }

  private async write(
    projected: Projected,
    trail: readonly AuditRecord[],
    statements: typeof afterCommand,
    trailAlone: string,
  ): Promise<void> {
    const trailRows = JSON.stringify(trail.map(auditRow));
    await this.database.run(async (sql) => {
      switch (projected.kind) {
        case 'agency':
          await sql.query(statements.agency, [JSON.stringify([agencyRow(projected.state)]), trailRows]);
          return;
        case 'subaccount':
          await sql.query(statements.subaccount, [
            JSON.stringify([subaccountRow(projected.state)]),
            trailRows,
          ]);
          return;
        case 'number':
          await sql.query(markAssigned, [digitsIn(projected.state), projected.state.agencyId]);
          await sql.query(trailAlone, [trailRows]);
      }
    });
  }
}

/** A number that was assigned is taken whether it was ever in the pool or not. */
export const markAssigned = `
  INSERT INTO number_pool (digits, added_at, agency_id) VALUES ($1, now(), $2)
  ON CONFLICT (digits) DO UPDATE SET agency_id = excluded.agency_id, reserved_for = NULL, reserved_at = NULL
  WHERE number_pool.agency_id IS DISTINCT FROM excluded.agency_id`;

const digitsIn = ({ sendingNumber }: SendingNumber): string => {
  const number: PhoneNumber = e164Schema.parse(sendingNumber);
  return digitsOf(number);
};
