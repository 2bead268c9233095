import type { UsageRow } from '@claw/contracts';
import { endOfMonth, instant, type Month } from '@claw/kernel';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { rowsOf } from '@claw/postgres';

interface Row {
  readonly subaccount_id: string;
  readonly messages_out: string;
  readonly messages_in: string;
}

/** How many messages the subaccounts of an agency sent and got. */
@Injectable()
export class UsageQuery {
  constructor(private readonly database: Database) {}

  async ofMonth(agencyId: string, month: Month, subaccountId?: string): Promise<readonly UsageRow[]> {
    const rows = await this.database.run((sql) =>
      rowsOf<Row>(
        sql,
        `SELECT subaccount_id, count(*) FILTER (WHERE direction = 'out') AS messages_out,
           count(*) FILTER (WHERE direction = 'in') AS messages_in
         FROM messages
         WHERE agency_id = $1 AND kind = 'message' AND accepted_at >= $2 AND accepted_at < $3 AND ($4::uuid IS NULL OR subaccount_id = $4)
         GROUP BY subaccount_id ORDER BY subaccount_id`,
        [agencyId, instant(`${month}-01T00:00:00Z`), endOfMonth(month), subaccountId ?? null],
      ),
    );
    return rows.map((row) => ({
      subaccountId: row.subaccount_id,
      messagesOut: Number(row.messages_out),
      messagesIn: Number(row.messages_in),
    }));
  }
}
