import { type CallResult, type RouteView, type routingCalls } from '@claw/contracts';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { RouteTable } from '../route-table';
import { placeAfter, readCursor, writeCursor } from './route-cursor';

type ListRoutes = z.output<typeof routingCalls.listRoutes.request>;
type Page = z.output<typeof routingCalls.listRoutes.reply>;

/** A subaccount's routes, newest first, page by page. */
@Injectable()
export class ListRoutesHandler {
  constructor(private readonly table: RouteTable) {}

  async handle({ subaccountId, limit, cursor }: ListRoutes): Promise<CallResult<Page>> {
    const place = cursor === undefined ? undefined : readCursor(cursor);
    if (cursor !== undefined && place === undefined) {
      const fields = [{ field: 'cursor', message: 'must be the next_cursor of an earlier page' }];
      return { ok: false, error: { code: 'invalid_request', detail: 'The cursor is none of ours.', fields } };
    }
    const rows = await this.table.list(subaccountId, limit + 1, place);
    const data: RouteView[] = rows.slice(0, limit);
    const last = data.at(-1);
    const nextCursor = rows.length > limit && last !== undefined ? writeCursor(placeAfter(last)) : null;
    return { ok: true, value: { data, nextCursor } };
  }
}
