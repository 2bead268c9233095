import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The query side of tenancy. A row carries the revision of the stream it tells of; positions compare as bytes, like
 * the log they come from.
 */
export class CreateTables1767225600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE agencies (
        agency_id uuid PRIMARY KEY,
        name text NOT NULL,
        email text NOT NULL,
        status text NOT NULL,
        card_required boolean NOT NULL,
        suspensions text[] NOT NULL,
        sending_number text,
        key_prefix text,
        help_text text,
        limits jsonb NOT NULL,
        created_at timestamptz NOT NULL,
        revision integer NOT NULL
      )`);
    await runner.query('CREATE INDEX agencies_newest ON agencies (created_at DESC, agency_id DESC)');
    await runner.query(`
      CREATE TABLE subaccounts (
        subaccount_id uuid PRIMARY KEY,
        agency_id uuid NOT NULL,
        name text NOT NULL,
        email text,
        external_id text,
        message_limit integer NOT NULL,
        status text NOT NULL,
        suspensions text[] NOT NULL,
        key_prefix text NOT NULL,
        sending_number text NOT NULL,
        created_at timestamptz NOT NULL,
        revision integer NOT NULL
      )`);
    await runner.query(
      'CREATE INDEX subaccounts_newest ON subaccounts (agency_id, created_at DESC, subaccount_id DESC)',
    );
    await runner.query(
      'CREATE INDEX subaccounts_external_id ON subaccounts (agency_id, external_id) WHERE external_id IS NOT NULL',
    );
    await runner.query(`
      CREATE TABLE audit_entries (
        event_id uuid PRIMARY KEY,
        position text COLLATE "C" NOT NULL,
        agency_id uuid NOT NULL,
        subaccount_id uuid,
        at timestamptz NOT NULL,
        actor_kind text NOT NULL,
        actor_id text NOT NULL,
        event text NOT NULL,
        summary text NOT NULL,
        request_id text NOT NULL
      )`);
    await runner.query('CREATE INDEX audit_of_agency ON audit_entries (agency_id, position)');
    await runner.query('CREATE INDEX audit_of_subaccount ON audit_entries (subaccount_id, position)');
    await runner.query('CREATE INDEX audit_in_order ON audit_entries (position)');
    await runner.query(`
      CREATE TABLE number_pool (
        digits text PRIMARY KEY,
        added_at timestamptz NOT NULL,
        agency_id uuid,
        reserved_for uuid,
        reserved_at timestamptz
      )`);
    await runner.query(
      'CREATE INDEX number_pool_free ON number_pool (added_at, digits) WHERE agency_id IS NULL',
    );
    await runner.query(`
      CREATE TABLE checkpoints (
        follower text PRIMARY KEY,
        position text COLLATE "C" NOT NULL
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE checkpoints, number_pool, audit_entries, subaccounts, agencies');
  }
}
