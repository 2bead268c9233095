import {
  type CallResult,
  type ChatView,
  digitsOf,
  e164Schema,
  type MessageView,
  type routingCalls,
} from '@claw/contracts';
import { instant } from '@claw/kernel';
import { rowsOf } from '@claw/postgres';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Database } from '../database/database';
import { RouteDirectory } from '../phone-routes/route-directory';
import { type Hidden, messageColumns, type MessageRow, messageView, shown } from './message-rows';
import { type Place, readPlace, writePlace } from './place';

type Request<Name extends 'listMessages' | 'getMessage' | 'listChats'> = z.output<
  (typeof routingCalls)[Name]['request']
>;
interface Page<Item> {
  readonly data: Item[];
  readonly nextCursor: string | null;
}

interface ChatRow {
  readonly of_chat: string;
  readonly of_group: boolean;
  readonly participants: readonly string[];
  readonly of_carrier: string | null;
  readonly created_at: Date;
  readonly active_at: Date;
}

const ofSubaccount = `m.agency_id = $1 AND m.subaccount_id = $2 AND m.kind = 'message'`;

/** A subaccount's messages and chats, as the ledger has them. */
@Injectable()
export class ListMessagesHandler {
  constructor(
    private readonly database: Database,
    private readonly routes: RouteDirectory,
  ) {}

  /** Newest first. Throws `Unavailable`, as does everything here. */
  async messages(request: Request<'listMessages'>): Promise<CallResult<Page<MessageView>>> {
    const { agencyId, subaccountId, chatId, since, limit, cursor } = request;
    const place = cursor === undefined ? undefined : readPlace(cursor);
    if (cursor !== undefined && place === undefined) return invalidCursor;
    const rows = await this.database.run((sql) =>
      rowsOf<MessageRow>(
        sql,
        `SELECT ${messageColumns} FROM messages m
         WHERE ${ofSubaccount} AND ($3::uuid IS NULL OR m.chat_id = $3)
           AND ($4::timestamptz IS NULL OR m.accepted_at >= $4)
           AND ($5::timestamptz IS NULL OR (m.accepted_at, m.message_id) < ($5::timestamptz, $6::text))
         ORDER BY m.accepted_at DESC, m.message_id DESC LIMIT $7`,
        [
          agencyId,
          subaccountId,
          chatId ?? null,
          since ?? null,
          place?.at ?? null,
          place?.id ?? null,
          limit + 1,
        ],
      ),
    );
    const page = rows.slice(0, limit);
    const hidden = await this.hiddenFrom(subaccountId, page.flatMap(peopleOfGroup));
    const placeOf = (row: MessageRow): Place => ({ at: instant(row.accepted_at), id: row.message_id });
    return pageOf(rows, limit, (row) => messageView(row, hidden), placeOf);
  }

  /** Refuses `not_found` for another subaccount's. */
  async message({
    agencyId,
    subaccountId,
    messageId,
  }: Request<'getMessage'>): Promise<CallResult<MessageView>> {
    const [row] = await this.database.run((sql) =>
      rowsOf<MessageRow>(
        sql,
        `SELECT ${messageColumns} FROM messages m WHERE ${ofSubaccount} AND m.message_id = $3`,
        [agencyId, subaccountId, messageId],
      ),
    );
    if (row === undefined) {
      return { ok: false, error: { code: 'not_found', detail: 'The subaccount has no such message.' } };
    }
    return { ok: true, value: messageView(row, await this.hiddenFrom(subaccountId, peopleOfGroup(row))) };
  }

  /** The one with the newest message first. */
  async chats(request: Request<'listChats'>): Promise<CallResult<Page<ChatView>>> {
    const { agencyId, subaccountId, limit, cursor } = request;
    const place = cursor === undefined ? undefined : readPlace(cursor);
    if (cursor !== undefined && !isChat(place)) return invalidCursor;
    const rows = await this.database.run((sql) =>
      rowsOf<ChatRow & Partial<MessageRow>>(
        sql,
        `SELECT c.chat_id AS of_chat, c.is_group AS of_group, c.participants, c.carrier_chat_id AS of_carrier,
           c.created_at, COALESCE(m.accepted_at, c.created_at) AS active_at, ${messageColumns}
         FROM chats c LEFT JOIN LATERAL (
           SELECT * FROM messages WHERE messages.chat_id = c.chat_id AND messages.kind = 'message'
           ORDER BY accepted_at DESC, message_id DESC LIMIT 1) m ON true
         WHERE c.agency_id = $1 AND c.subaccount_id = $2
           AND ($3::timestamptz IS NULL
             OR (date_trunc('milliseconds', COALESCE(m.accepted_at, c.created_at)), c.chat_id) < ($3::timestamptz, $4::uuid))
         ORDER BY date_trunc('milliseconds', COALESCE(m.accepted_at, c.created_at)) DESC, c.chat_id DESC LIMIT $5`,
        [agencyId, subaccountId, place?.at ?? null, place?.id ?? null, limit + 1],
      ),
    );
    const groups = rows.slice(0, limit).filter((row) => row.of_group);
    const hidden = await this.hiddenFrom(
      subaccountId,
      groups.flatMap(({ participants, sender }) => [
        ...participants,
        ...(sender === undefined ? [] : [sender]),
      ]),
    );
    return pageOf(
      rows,
      limit,
      (row) => ({
        chatId: row.of_chat,
        isGroup: row.of_group,
        participants: row.participants.map((number) => shown(number, row.of_carrier, hidden)),
        createdAt: instant(row.created_at),
        lastMessage: hasMessage(row) ? messageView(row, hidden) : null,
      }),
      (row) => ({ at: instant(row.active_at), id: row.of_chat }),
    );
  }

  /** Those who are registered to another subaccount now. */
  private async hiddenFrom(subaccountId: string, numbers: readonly string[]): Promise<Hidden> {
    const distinct = [...new Set(numbers)];
    const entries = await Promise.all(
      distinct.map((number) => this.routes.get(digitsOf(e164Schema.parse(number)))),
    );
    return new Set(
      distinct.filter((_, index) => {
        const entry = entries[index];
        return entry !== undefined && !entry.released && entry.subaccountId !== subaccountId;
      }),
    );
  }
}

const isChat = (place: Place | undefined): boolean => z.uuid().safeParse(place?.id).success;

const hasMessage = (row: ChatRow & Partial<MessageRow>): row is ChatRow & MessageRow =>
  typeof row.message_id === 'string';

const peopleOfGroup = (row: MessageRow): readonly string[] =>
  row.is_group ? [row.sender, ...row.recipients] : [];

const invalidCursor: CallResult<never> = {
  ok: false,
  error: {
    code: 'invalid_request',
    detail: 'The cursor is none of ours.',
    fields: [{ field: 'cursor', message: 'must be the next_cursor of an earlier page' }],
  },
};

const pageOf = <Row, Item>(
  rows: readonly Row[],
  limit: number,
  item: (row: Row) => Item,
  placeOf: (row: Row) => Place,
): CallResult<Page<Item>> => {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const nextCursor = rows.length > limit && last !== undefined ? writePlace(placeOf(last)) : null;
  return { ok: true, value: { data: page.map(item), nextCursor } };
};
