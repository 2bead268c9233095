import { e164Schema, type PhoneNumber } from '@claw/contracts';
import { rowsOf } from '@claw/postgres';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';

/** Where a message belongs. */
export interface MessagePlace {
  readonly messageId: string;
  readonly chatId: string;
  readonly agencyId: string;
  readonly subaccountId: string;
  /** The sending number that it went out from, or came in to. */
  readonly line: PhoneNumber;
  readonly carrierChatId: string;
  /** Of a group. */
  readonly group: { readonly carrierChatId: string } | undefined;
}

interface Row {
  readonly message_id: string;
  readonly chat_id: string;
  readonly agency_id: string;
  readonly subaccount_id: string;
  readonly line: string;
  readonly carrier_chat_id: string;
  readonly is_group: boolean;
}

/** Which messages the ledger has. Throws `Unavailable`. */
@Injectable()
export class KnownMessages {
  constructor(private readonly database: Database) {}

  async has(messageId: string): Promise<boolean> {
    const rows = await this.database.run((sql) =>
      rowsOf(sql, 'SELECT 1 FROM messages WHERE message_id = $1', [messageId]),
    );
    return rows.length > 0;
  }

  /** A subaccount's message of either direction by the carrier's id of it. */
  async ofCarrier(carrierMessageId: string): Promise<MessagePlace | undefined> {
    const [row] = await this.database.run((sql) =>
      rowsOf<Row>(
        sql,
        `SELECT message_id, chat_id, agency_id, subaccount_id, carrier_chat_id, is_group,
           CASE direction WHEN 'out' THEN sender ELSE recipients[1] END AS line
         FROM messages WHERE carrier_message_id = $1 AND subaccount_id IS NOT NULL`,
        [carrierMessageId],
      ),
    );
    if (row === undefined) return undefined;
    return {
      messageId: row.message_id,
      chatId: row.chat_id,
      agencyId: row.agency_id,
      subaccountId: row.subaccount_id,
      line: e164Schema.parse(row.line),
      carrierChatId: row.carrier_chat_id,
      group: row.is_group ? { carrierChatId: row.carrier_chat_id } : undefined,
    };
  }
}
