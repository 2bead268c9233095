import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRoutes1767225600002 implements MigrationInterface {
  readonly name = 'CreateRoutes1767225600002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE routes (
        phone_number text PRIMARY KEY,
        subaccount_id uuid NOT NULL,
        agency_id uuid NOT NULL,
        claimed_at timestamptz(3) NOT NULL,
        claim_revision bigint NOT NULL,
        released boolean NOT NULL,
        revision bigint NOT NULL
      )`);
    await runner.query(`
      CREATE INDEX routes_of_subaccount ON routes (subaccount_id, claimed_at DESC, phone_number DESC)
      WHERE NOT released`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE routes');
  }
}
