import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Messages of which the carrier hasn't said yet that they arrived: it is asked about them again at certain ages. */
export class IndexUnsettled1767225600006 implements MigrationInterface {
  readonly name = 'IndexUnsettled1767225600006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX messages_unsettled ON messages (sender, dispatched_at)
      WHERE direction = 'out' AND status IN ('queued', 'sent') AND dispatched_at IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX messages_unsettled');
  }
}
