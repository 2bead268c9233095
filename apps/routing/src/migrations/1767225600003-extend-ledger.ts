import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Groups, replies, effects, answers to STOP and its kind, and reactions on their way out. */
export class ExtendLedger1767225600003 implements MigrationInterface {
  readonly name = 'ExtendLedger1767225600003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE messages
        ADD kind text NOT NULL DEFAULT 'message' CHECK (kind IN ('message', 'automatic')),
        ADD is_group boolean NOT NULL DEFAULT false,
        ADD effect text,
        ADD reply_to text,
        ADD reply_fallback text,
        ALTER subaccount_id DROP NOT NULL,
        ADD CHECK (subaccount_id IS NOT NULL OR kind = 'automatic')`);
    // The first attempt that may have got through, rather than the last one that was made.
    await runner.query('ALTER TABLE messages RENAME attempted_at TO doubtful_since');
    await runner.query('ALTER TABLE chats ADD is_group boolean NOT NULL DEFAULT false');
    // A number that was claimed anew has another chat of ours in the same chat of the carrier's; a group never has.
    await runner.query(
      'CREATE INDEX chats_of_carrier ON chats (carrier_chat_id) WHERE carrier_chat_id IS NOT NULL',
    );
    await runner.query(
      'CREATE UNIQUE INDEX groups_of_carrier ON chats (carrier_chat_id) WHERE is_group AND carrier_chat_id IS NOT NULL',
    );
    await runner.query(`
      CREATE TABLE reactions (
        reaction_id text PRIMARY KEY,
        agency_id uuid NOT NULL,
        subaccount_id uuid NOT NULL,
        client_id text NOT NULL,
        message_id text NOT NULL,
        reaction_type text NOT NULL,
        remove boolean NOT NULL,
        accepted_at timestamptz NOT NULL,
        partition smallint NOT NULL,
        stream_seq bigint NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        settled_at timestamptz,
        error_code text
      )`);
    await runner.query(`
      CREATE INDEX reactions_waiting ON reactions (partition, message_id, stream_seq)
      WHERE settled_at IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE reactions');
    await runner.query('DROP INDEX groups_of_carrier, chats_of_carrier');
    await runner.query('ALTER TABLE chats DROP is_group');
    await runner.query('ALTER TABLE messages RENAME doubtful_since TO attempted_at');
    await runner.query(
      'ALTER TABLE messages DROP kind, DROP is_group, DROP effect, DROP reply_to, DROP reply_fallback',
    );
  }
}
