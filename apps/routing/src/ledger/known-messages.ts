import { rowsOf } from '@claw/postgres';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';

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
}
