import { Injectable } from '@nestjs/common';
import { routingCalls, type SubaccountView, tenancyCalls } from '@claw/contracts';
import { stringify } from 'csv-stringify/sync';
import type { AgencyCaller } from '../http/api-request';
import { Services } from '../http/services';

export interface UsageReportRow {
  readonly subaccount_id: string;
  readonly name: string;
  readonly external_id: string | null;
  readonly messages_out: number;
  readonly messages_in: number;
}

/** Messages out and in of each of an agency's subaccounts in a month. */
@Injectable()
export class UsageReport {
  constructor(private readonly services: Services) {}

  /** A row for each subaccount, closed ones only where they had a message. */
  async of(caller: AgencyCaller, month: string): Promise<UsageReportRow[]> {
    const [open, closed, { rows }] = await Promise.all([
      this.subaccounts(caller, undefined),
      this.subaccounts(caller, 'closed'),
      this.services.ask(routingCalls.usage, { agencyId: caller.agencyId, month }, caller),
    ]);
    const usage = new Map(rows.map((row) => [row.subaccountId, row]));
    return [...open, ...closed.filter((subaccount) => usage.has(subaccount.subaccountId))].map(
      (subaccount) => ({
        subaccount_id: subaccount.subaccountId,
        name: subaccount.name,
        external_id: subaccount.externalId,
        messages_out: usage.get(subaccount.subaccountId)?.messagesOut ?? 0,
        messages_in: usage.get(subaccount.subaccountId)?.messagesIn ?? 0,
      }),
    );
  }

  /** The rows as CSV (RFC 4180) with a header; a cell that a spreadsheet would run as a formula is defused. */
  csv(rows: readonly UsageReportRow[]): string {
    return stringify([...rows], {
      header: true,
      columns: ['subaccount_id', 'name', 'external_id', 'messages_out', 'messages_in'],
      escape_formulas: true,
    });
  }

  /** All pages; the cap on subaccounts bounds them. */
  private async subaccounts(caller: AgencyCaller, status: 'closed' | undefined): Promise<SubaccountView[]> {
    const all: SubaccountView[] = [];
    let cursor: string | undefined;
    do {
      const wish = { agencyId: caller.agencyId, limit: 200, status, cursor };
      const page = await this.services.ask(tenancyCalls.listSubaccounts, wish, caller);
      all.push(...page.data);
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return all;
  }
}
