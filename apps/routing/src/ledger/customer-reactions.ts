import { reactionTypeSchema, type ReactionType } from '@claw/contracts';
import { instant } from '@claw/kernel';
import { rowsOf, type Sql } from '@claw/postgres';
import { foldReaction, type ReactionChange, type ShownReaction } from '@claw/routing-domain';
import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';

/** Whose reaction to what, in the carrier's terms. */
export interface ReactionPlace {
  readonly carrierChatId: string;
  readonly carrierMessageId: string;
  readonly partIndex: number;
  readonly handle: string;
}

interface Row {
  readonly carrier_message_id: string;
  readonly part_index: number;
  readonly handle: string;
  readonly reaction_type: string | null;
  readonly changed_at: Date;
}

/** The reactions that customers show, as far as agents were told of them. Throws `Unavailable`. */
@Injectable()
export class CustomerReactions {
  constructor(private readonly database: Database) {}

  /**
   * Folds a change into what is shown, and announces it where that is news. Should the commit fail after the
   * announcement, the same change announces it again, which the feed recognises.
   */
  change(
    place: ReactionPlace,
    change: ReactionChange<ReactionType>,
    announce: () => Promise<void>,
  ): Promise<'changed' | 'unchanged'> {
    return this.database.transaction(async (sql) => {
      const next = foldReaction(await lockShown(sql, place), change);
      if (next === undefined) return 'unchanged';
      await sql.query(
        `UPDATE customer_reactions SET reaction_type = $4, changed_at = $5
         WHERE carrier_message_id = $1 AND part_index = $2 AND handle = $3`,
        [place.carrierMessageId, place.partIndex, place.handle, next.type, next.at],
      );
      await announce();
      return 'changed';
    });
  }

  /** Everything that was ever shown in a chat of the carrier's. */
  async inChat(carrierChatId: string): Promise<readonly (ReactionPlace & ShownReaction<ReactionType>)[]> {
    const rows = await this.database.run((sql) =>
      rowsOf<Row>(
        sql,
        `SELECT carrier_message_id, part_index, handle, reaction_type, changed_at FROM customer_reactions
         WHERE carrier_chat_id = $1 AND changed_at > '-infinity'`,
        [carrierChatId],
      ),
    );
    return rows.map((row) => ({
      carrierChatId,
      carrierMessageId: row.carrier_message_id,
      partIndex: row.part_index,
      handle: row.handle,
      ...toShown(row),
    }));
  }
}

/** The row is there from then on, so that two who come first wait for each other. */
const lockShown = async (
  sql: Sql,
  place: ReactionPlace,
): Promise<ShownReaction<ReactionType> | undefined> => {
  const { carrierChatId, carrierMessageId, partIndex, handle } = place;
  await sql.query(
    `INSERT INTO customer_reactions (carrier_message_id, part_index, handle, carrier_chat_id)
     VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
    [carrierMessageId, partIndex, handle, carrierChatId],
  );
  const [row] = await rowsOf<Row & { readonly untold: boolean }>(
    sql,
    `SELECT *, changed_at = '-infinity' AS untold FROM customer_reactions
     WHERE carrier_message_id = $1 AND part_index = $2 AND handle = $3 FOR UPDATE`,
    [carrierMessageId, partIndex, handle],
  );
  return row === undefined || row.untold ? undefined : toShown(row);
};

const toShown = ({ reaction_type: type, changed_at }: Row): ShownReaction<ReactionType> => ({
  type: type === null ? null : reactionTypeSchema.parse(type),
  at: instant(changed_at),
});
