import { Postgres, rowsOf } from '@claw/postgres';
import { Injectable } from '@nestjs/common';
import type { Checkpoint } from './checkpoint';

/** Who keeps its place beside the tables: who writes them, and who sees to it that the audit trail is whole. */
export type TableFollower = 'tables' | 'trail';

/** How far the log has been followed, beside the tables: so that both are there or neither is. */
@Injectable()
export class TableCheckpoints {
  constructor(private readonly database: Postgres) {}

  of(follower: TableFollower): Checkpoint {
    return { read: () => this.read(follower), write: (place) => this.write(follower, place) };
  }

  private async read(follower: TableFollower): Promise<string | undefined> {
    const [row] = await this.database.run((sql) =>
      rowsOf<{ readonly position: string }>(sql, 'SELECT position FROM checkpoints WHERE follower = $1', [
        follower,
      ]),
    );
    return row?.position;
  }

  /** Only forwards: a follower that lost its lease can't take a newer one back. */
  private async write(follower: TableFollower, place: string): Promise<void> {
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
