import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whose a group was when a late message was sent is told by the messages before it. */
export class IndexGroups1767225600005 implements MigrationInterface {
  readonly name = 'IndexGroups1767225600005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX messages_of_group ON messages (carrier_chat_id, sent_at DESC)
      WHERE is_group AND sent_at IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX messages_of_group');
  }
}
