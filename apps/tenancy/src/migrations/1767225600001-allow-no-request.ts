import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An audit entry may come without a request: a public event doesn't always tell one. */
export class AllowNoRequest1767225600001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE audit_entries ALTER COLUMN request_id DROP NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("UPDATE audit_entries SET request_id = '' WHERE request_id IS NULL");
    await runner.query('ALTER TABLE audit_entries ALTER COLUMN request_id SET NOT NULL');
  }
}
