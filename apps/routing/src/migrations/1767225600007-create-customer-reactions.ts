import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What customers show under messages: lists tell what is shown, not what changed. */
export class CreateCustomerReactions1767225600007 implements MigrationInterface {
  readonly name = 'CreateCustomerReactions1767225600007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE customer_reactions (
        carrier_message_id text NOT NULL,
        part_index integer NOT NULL,
        handle text NOT NULL,
        carrier_chat_id text NOT NULL,
        reaction_type text,
        changed_at timestamptz(3) NOT NULL DEFAULT '-infinity',
        PRIMARY KEY (carrier_message_id, part_index, handle)
      )`);
    await runner.query('CREATE INDEX customer_reactions_of_chat ON customer_reactions (carrier_chat_id)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE customer_reactions');
  }
}
