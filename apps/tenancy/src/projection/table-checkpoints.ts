import { Postgres, rowsOf } from '@claw/postgres';
import { Injectable } from '@nestjs/common';
import type { Checkpoint } from './checkpoint';

const follower = 'tables';

/** How far the query tables have followed the log: beside them, so that both are there or neither is. */
@Injectable()
export class TableCheckpoint implements Checkpoint {
  constructor(private readonly database: Postgres) {}

  async read(): Promise<string | undefined> {
    const [row] = await this.database.run((sql) =>
      rowsOf<{ readonly position: string }>(sql, 'SELECT position FROM checkpoints WHERE follower = $1', [
        follower,
      ]),
    );
    return row?.position;
  }

  /** Only forwards: a follower that lost its lease can't take a newer one back. */
  async write(place: string): Promise<void> {
    await this.database.run((sql) =>
      sql.query(
        `INSERT INTO checkpoints (follower, position) VALUES ($1, $2)
         ON CONFLICT (follower) DO UPDATE SET position = excluded.position
         WHERE checkpoints.position < excluded.position`,
        [follower, place],
      ),
    );
  }
}
