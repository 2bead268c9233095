import { directChatId, e164Schema, type PhoneNumber } from '@claw/contracts';
import { rowsOf } from '@claw/postgres';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';

/** A chat with one number, under the claim that holds now. */
export interface CurrentChat {
  readonly agencyId: string;
  readonly subaccountId: string;
  readonly chatId: string;
  readonly phoneNumber: PhoneNumber;
}

interface Row {
  readonly agency_id: string;
  readonly subaccount_id: string;
  readonly phone_number: string;
  readonly claim_revision: string;
}

/** The chats with one number, by the carrier's. Throws `Unavailable`. */
@Injectable()
export class DirectChats {
  constructor(private readonly database: Database) {}

  /**
   * What a chat of the carrier's is now: its number may have been claimed anew, also by another subaccount of the
   * agency whose line it is. Undefined where nobody of that agency holds the number.
   */
  async currentOf(carrierChatId: string): Promise<CurrentChat | undefined> {
    const [row] = await this.database.run((sql) =>
      rowsOf<Row>(
        sql,
        `SELECT r.agency_id, r.subaccount_id, r.phone_number, r.claim_revision
         FROM chats c
         JOIN routes r ON r.phone_number = c.participants[1] AND r.agency_id = c.agency_id AND NOT r.released
         WHERE c.carrier_chat_id = $1 AND NOT c.is_group LIMIT 1`,
        [carrierChatId],
      ),
    );
    if (row === undefined) return undefined;
    const phoneNumber = e164Schema.parse(row.phone_number);
    const { agency_id: agencyId, subaccount_id: subaccountId } = row;
    const chatId = directChatId(subaccountId, phoneNumber, Number(row.claim_revision));
    return { agencyId, subaccountId, chatId, phoneNumber };
  }
}
