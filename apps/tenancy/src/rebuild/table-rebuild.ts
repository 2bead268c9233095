import { digitsOf, e164Schema } from '@claw/contracts';
import type { Rebuilt } from '@claw/messaging';
import { type Postgres, changedRows, rowsOf } from '@claw/postgres';
import type { Agency, SendingNumber, Subaccount } from '@claw/tenancy-domain';
import type { AuditRecord } from '../audit/audit-record';
import { markAssigned } from '../tables/query-tables';
import { agencyRow, agencyTable, auditRow, auditTable, subaccountRow, subaccountTable } from '../tables/rows';
import { type Table, upsertExact, upsertNewer } from '../tables/table';

const batchSize = 500;

/**
 * Rewrites the query tables in place, batch by batch. What is there when it begins and isn't in the log is removed at
 * the end; what commands write meanwhile is newer and stays.
 */
export class TableRebuild {
  private written = 0;
  private pruned = 0;
  private unchanged = 0;
  private readonly entries = new Set<string>();
  private unwritten: AuditRecord[] = [];

  private constructor(
    private readonly database: Postgres,
    private readonly before: { readonly [table: string]: ReadonlySet<string> },
  ) {}

  /** Looks first at what is there: the log, read later, can't be older. */
  static async begin(database: Postgres): Promise<TableRebuild> {
    const idsIn = async ({ name, key }: Pick<Table, 'name' | 'key'>, where = 'true') => {
      const text = `SELECT ${key}::text AS id FROM ${name} WHERE ${where}`;
      const rows = await database.run((sql) => rowsOf<{ readonly id: string }>(sql, text, []));
      return new Set(rows.map(({ id }) => id));
    };
    return new TableRebuild(database, {
      [agencyTable.name]: await idsIn(agencyTable),
      [subaccountTable.name]: await idsIn(subaccountTable),
      [auditTable.name]: await idsIn(auditTable),
      number_pool: await idsIn({ name: 'number_pool', key: 'digits' }, 'agency_id IS NOT NULL'),
    });
  }

  get outcome(): Rebuilt {
    return { written: this.written, pruned: this.pruned, unchanged: this.unchanged };
  }

  /** Takes an entry of the trail; it is written with others, with the last of them by {@link pruneTrail}. */
  async trail(record: AuditRecord): Promise<void> {
    this.entries.add(record.eventId);
    this.unwritten.push(record);
    if (this.unwritten.length >= batchSize) await this.writeTrail();
  }

  async agencies(states: readonly Agency[]): Promise<void> {
    await this.write(upsertNewer(agencyTable, 1), states.map(agencyRow));
    await this.prune(agencyTable, new Set(states.map(({ agencyId }) => agencyId)));
  }

  async subaccounts(states: readonly Subaccount[]): Promise<void> {
    await this.write(upsertNewer(subaccountTable, 1), states.map(subaccountRow));
    await this.prune(subaccountTable, new Set(states.map(({ subaccountId }) => subaccountId)));
  }

  /** Marks what is assigned; a mark that the log doesn't hold goes, the number stays in the pool. */
  async numbers(states: readonly SendingNumber[]): Promise<void> {
    const held = new Set<string>();
    for (const { sendingNumber, agencyId } of states) {
      const digits = digitsOf(e164Schema.parse(sendingNumber));
      held.add(digits);
      const marked = await this.database.run((sql) =>
        rowsOf(sql, `${markAssigned} RETURNING digits`, [digits, agencyId]),
      );
      this.count(marked.length, 1);
    }
    const lost = [...(this.before['number_pool'] ?? [])].filter((digits) => !held.has(digits));
    const freed = await this.database.run((sql) =>
      changedRows(sql, 'UPDATE number_pool SET agency_id = NULL WHERE digits = ANY($1) RETURNING digits', [
        lost,
      ]),
    );
    this.pruned += freed.length;
  }

  /** Once the trail was given whole. */
  async pruneTrail(): Promise<void> {
    await this.writeTrail();
    await this.prune(auditTable, this.entries);
  }

  private async writeTrail(): Promise<void> {
    const records = this.unwritten;
    this.unwritten = [];
    await this.write(upsertExact(auditTable, 1), records.map(auditRow));
  }

  private async write(text: string, rows: readonly object[]): Promise<void> {
    for (let from = 0; from < rows.length; from += batchSize) {
      const batch = rows.slice(from, from + batchSize);
      const changed = await this.database.run((sql) =>
        rowsOf(sql, `${text} RETURNING 1`, [JSON.stringify(batch)]),
      );
      this.count(changed.length, batch.length);
    }
  }

  private async prune({ name, key }: Table, known: ReadonlySet<string>): Promise<void> {
    const lost = [...(this.before[name] ?? [])].filter((id) => !known.has(id));
    const removed = await this.database.run((sql) =>
      changedRows(sql, `DELETE FROM ${name} WHERE ${key} = ANY($1::uuid[]) RETURNING 1`, [lost]),
    );
    this.pruned += removed.length;
  }

  private count(changed: number, of: number): void {
    this.written += changed;
    this.unchanged += of - changed;
  }
}
