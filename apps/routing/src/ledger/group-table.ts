import { type ChatEntry, e164Schema, type PhoneNumber } from '@claw/contracts';
import type { Instant } from '@claw/kernel';
import { changedRows, rowsOf, type Sql } from '@claw/postgres';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';

/** A group as the table has it. */
export interface GroupRow {
  readonly chatId: string;
  readonly subaccountId: string;
  readonly agencyId: string;
  readonly sendingNumber: PhoneNumber;
  readonly participants: readonly PhoneNumber[];
  /** The carrier's chat that it is; null before its first message is handed over, and once another has that chat. */
  readonly carrierChatId: string | null;
}

export const chatEntryOf = ({ chatId, participants, ...group }: GroupRow): ChatEntry => ({
  ...group,
  participants: [...participants],
  claimRevision: null,
});

interface Row {
  readonly chat_id: string;
  readonly subaccount_id: string;
  readonly agency_id: string;
  readonly sending_number: string;
  readonly participants: readonly string[];
  readonly carrier_chat_id: string | null;
}

const columns = 'chat_id, subaccount_id, agency_id, sending_number, participants, carrier_chat_id';

/** The groups among the chats. A chat of the carrier's is one group of ours at a time. Throws `Unavailable`. */
@Injectable()
export class GroupTable {
  constructor(private readonly database: Database) {}

  ofCarrierChat(carrierChatId: string): Promise<GroupRow | undefined> {
    return this.one('carrier_chat_id = $1', carrierChatId);
  }

  /** Whose group a chat of the carrier's was at a moment, as the last message before it tells. */
  async ofCarrierChatAt(
    carrierChatId: string,
    moment: Instant,
  ): Promise<Pick<GroupRow, 'chatId' | 'subaccountId'> | undefined> {
    const [row] = await this.database.run((sql) =>
      rowsOf<Row>(
        sql,
        `SELECT chat_id, subaccount_id FROM messages
         WHERE carrier_chat_id = $1 AND is_group AND sent_at <= $2 ORDER BY sent_at DESC LIMIT 1`,
        [carrierChatId, moment],
      ),
    );
    return row && { chatId: row.chat_id, subaccountId: row.subaccount_id };
  }

  ofChat(chatId: string): Promise<GroupRow | undefined> {
    return this.one('chat_id = $1', chatId);
  }

  /**
   * Ties a group to its chat at the carrier, in place of the group that has it so far. False where that one isn't the
   * one expected any more, or has messages from after `since`: a late message doesn't turn the clock back.
   */
  async tie(group: GroupRow, since: Instant, inPlaceOf: GroupRow | undefined): Promise<boolean> {
    try {
      return await this.database.transaction(async (sql) => {
        if (inPlaceOf !== undefined && !(await untie(sql, inPlaceOf, since))) return false;
        await insert(sql, group);
        return true;
      });
    } catch (error) {
      if (isTaken(error)) return false;
      throw error;
    }
  }

  /** Keeps a group that has no chat at the carrier, or none any more; one that is there stays as it is. */
  async keep(group: GroupRow): Promise<void> {
    await this.database.run((sql) =>
      sql.query(`${insertion} ON CONFLICT (chat_id) DO NOTHING`, valuesOf({ ...group, carrierChatId: null })),
    );
  }

  /** Writes who is in a group now, if those who were in it are still the ones given. */
  async change(
    chatId: string,
    before: readonly PhoneNumber[],
    after: readonly PhoneNumber[],
  ): Promise<boolean> {
    const rows = await this.database.run((sql) =>
      changedRows(
        sql,
        `UPDATE chats SET participants = $3 WHERE chat_id = $1 AND is_group AND participants = $2 RETURNING chat_id`,
        [chatId, [...before], [...after]],
      ),
    );
    return rows.length > 0;
  }

  private async one(condition: string, value: string): Promise<GroupRow | undefined> {
    const [row] = await this.database.run((sql) =>
      rowsOf<Row>(sql, `SELECT ${columns} FROM chats WHERE ${condition} AND is_group`, [value]),
    );
    return row === undefined ? undefined : toGroup(row);
  }
}

const untie = async (sql: Sql, { chatId, carrierChatId }: GroupRow, since: Instant): Promise<boolean> => {
  const rows = await changedRows(
    sql,
    `UPDATE chats SET carrier_chat_id = NULL
     WHERE chat_id = $1 AND carrier_chat_id = $2
       AND NOT EXISTS (SELECT FROM messages m WHERE m.carrier_chat_id = $2 AND m.is_group AND m.sent_at > $3)
     RETURNING chat_id`,
    [chatId, carrierChatId, since],
  );
  return rows.length > 0;
};

const insertion = `INSERT INTO chats (chat_id, subaccount_id, agency_id, sending_number, participants, carrier_chat_id,
    is_group)
  VALUES ($1, $2, $3, $4, $5, $6, true)`;

const valuesOf = (group: GroupRow): unknown[] => [
  group.chatId,
  group.subaccountId,
  group.agencyId,
  group.sendingNumber,
  [...group.participants],
  group.carrierChatId,
];

const insert = async (sql: Sql, group: GroupRow): Promise<void> => {
  await sql.query(
    `${insertion} ON CONFLICT (chat_id) DO UPDATE SET carrier_chat_id = EXCLUDED.carrier_chat_id,
       participants = EXCLUDED.participants`,
    valuesOf(group),
  );
};

/** Another replica has tied the carrier's chat meanwhile: `groups_of_carrier` lets one do it. */
const isTaken = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'constraint' in error &&
  error.constraint === 'groups_of_carrier';

const toGroup = (row: Row): GroupRow => ({
  chatId: row.chat_id,
  subaccountId: row.subaccount_id,
  agencyId: row.agency_id,
  sendingNumber: e164Schema.parse(row.sending_number),
  participants: row.participants.map((number) => e164Schema.parse(number)),
  carrierChatId: row.carrier_chat_id,
});
