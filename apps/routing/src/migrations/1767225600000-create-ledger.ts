import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateLedger1767225600000 implements MigrationInterface {
  readonly name = 'CreateLedger1767225600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE messages (
        message_id text PRIMARY KEY,
        direction text NOT NULL CHECK (direction IN ('in', 'out')),
        agency_id uuid NOT NULL,
        subaccount_id uuid NOT NULL,
        chat_id uuid NOT NULL,
        client_id text,
        sender text NOT NULL,
        recipients text[] NOT NULL,
        parts jsonb NOT NULL,
        text text NOT NULL,
        service text,
        status text NOT NULL CHECK (status IN ('queued', 'sent', 'delivered', 'read', 'failed', 'received')),
        error text,
        error_code text,
        claim_revision bigint,
        accepted_at timestamptz NOT NULL,
        sent_at timestamptz,
        delivered_at timestamptz,
        read_at timestamptz,
        failed_at timestamptz,
        partition smallint,
        stream_seq bigint,
        attempts integer NOT NULL DEFAULT 0,
        attempted_at timestamptz,
        dispatched_at timestamptz,
        carrier_message_id text,
        carrier_chat_id text,
        CHECK (direction = 'in' OR (partition IS NOT NULL AND stream_seq IS NOT NULL))
      )`);
    await runner.query(`
      CREATE UNIQUE INDEX messages_carrier ON messages (carrier_message_id, direction)
      WHERE carrier_message_id IS NOT NULL`);
    await runner.query(`
      CREATE INDEX messages_waiting ON messages (partition, chat_id, stream_seq)
      WHERE direction = 'out' AND status = 'queued' AND dispatched_at IS NULL`);
    await runner.query(
      'CREATE INDEX messages_of_subaccount ON messages (subaccount_id, accepted_at DESC, message_id DESC)',
    );
    await runner.query(
      'CREATE INDEX messages_of_chat ON messages (chat_id, accepted_at DESC, message_id DESC)',
    );
    await runner.query(
      'CREATE INDEX messages_usage ON messages (agency_id, accepted_at) INCLUDE (subaccount_id, direction)',
    );
    await runner.query(`
      CREATE TABLE chats (
        chat_id uuid PRIMARY KEY,
        agency_id uuid NOT NULL,
        subaccount_id uuid NOT NULL,
        participants text[] NOT NULL,
        sending_number text NOT NULL,
        claim_revision bigint,
        carrier_chat_id text,
        created_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(
      'CREATE INDEX chats_of_subaccount ON chats (subaccount_id, created_at DESC, chat_id DESC)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE chats');
    await runner.query('DROP TABLE messages');
  }
}
