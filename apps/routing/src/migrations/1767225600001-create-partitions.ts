import { partitionCount } from '@claw/contracts';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who works on which partition of OUTBOUND, and how far it has been taken into the ledger. */
export class CreatePartitions1767225600001 implements MigrationInterface {
  readonly name = 'CreatePartitions1767225600001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE partitions (
        partition smallint PRIMARY KEY,
        owner text,
        epoch bigint NOT NULL DEFAULT 0,
        taken_seq bigint NOT NULL DEFAULT 0
      )`);
    await runner.query('INSERT INTO partitions (partition) SELECT generate_series(0, $1::integer - 1)', [
      partitionCount,
    ]);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE partitions');
  }
}
