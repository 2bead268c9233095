import { Injectable } from '@nestjs/common';
import { Database } from '../database/database';
import { changedRows, rowsOf } from '@claw/postgres';
import type { Ownership } from './outbound-ledger';

/** A partition just taken, and the last place of OUTBOUND that is in the ledger already. */
export interface TakenPartition extends Ownership {
  readonly takenSeq: number;
}

/** Who owns which partition. An owner keeps its partition until it lets go or isn't alive any more. */
@Injectable()
export class PartitionTable {
  constructor(private readonly database: Database) {}

  /** Takes those of the wanted partitions that no other living member owns. */
  async take(
    me: string,
    wanted: readonly number[],
    others: readonly string[],
  ): Promise<readonly TakenPartition[]> {
    const rows = await this.database.run((sql) =>
      changedRows<{ partition: number; epoch: string; taken_seq: string }>(
        sql,
        `UPDATE partitions SET owner = $1, epoch = epoch + 1
         WHERE partition = ANY($2) AND (owner IS NULL OR owner <> ALL($3))
         RETURNING partition, epoch, taken_seq`,
        [me, [...wanted], [...others]],
      ),
    );
    return rows.map(({ partition, epoch, taken_seq: takenSeq }) => ({
      partition,
      epoch,
      takenSeq: Number(takenSeq),
    }));
  }

  /** How far each partition is in the ledger. */
  async takenUpTo(): Promise<ReadonlyMap<number, number>> {
    const rows = await this.database.run((sql) =>
      rowsOf<{ partition: number; taken_seq: string }>(
        sql,
        'SELECT partition, taken_seq FROM partitions',
        [],
      ),
    );
    return new Map(rows.map(({ partition, taken_seq: takenSeq }) => [partition, Number(takenSeq)]));
  }

  /** Lets go of whatever is ours and isn't among those to keep. */
  async keepOnly(me: string, kept: readonly number[]): Promise<void> {
    await this.database.run((sql) =>
      sql.query('UPDATE partitions SET owner = NULL WHERE owner = $1 AND partition <> ALL($2)', [
        me,
        [...kept],
      ]),
    );
  }
}
