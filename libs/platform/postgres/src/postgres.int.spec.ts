import { Unavailable } from '@claw/kernel';
import { eventually, randomName, withPostgres } from '@claw/testing';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Postgres } from './postgres';

@Entity('note')
class Note {
  @PrimaryColumn('int')
  id!: number;

  @Column('int')
  value!: number;
}

class CreateNote1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE note (id int PRIMARY KEY, value int NOT NULL)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE note');
  }
}

describe('postgres', () => {
  const server = withPostgres();
  const opened: Postgres[] = [];
  const warnings: string[] = [];
  const logger = {
    info: () => undefined,
    warn: (_fields: object, message: string) => void warnings.push(message),
  };

  const create = (schema = randomName('test'), statementTimeoutMs = 2_000): Postgres => {
    const options = { url: server.url, schema, entities: [Note], migrations: [CreateNote1700000000000] };
    const postgres = new Postgres({ ...options, poolSize: 4, statementTimeoutMs }, logger);
    opened.push(postgres);
    return postgres;
  };

  const open = async (schema?: string, statementTimeoutMs?: number): Promise<Postgres> => {
    const postgres = create(schema, statementTimeoutMs);
    await postgres.opened(10_000);
    return postgres;
  };

  const values = (postgres: Postgres): Promise<number[]> =>
    postgres.run(async (manager) =>
      (await manager.find(Note, { order: { id: 'ASC' } })).map(({ value }) => value),
    );

  beforeEach(() => void warnings.splice(0));

  afterEach(async () => {
    await Promise.all(opened.splice(0).map((postgres) => postgres.close()));
    await server.up();
  });

  it('makes the schema and its tables in it, and answers', async () => {
    const schema = randomName('test');
    const postgres = await open(schema);
    await postgres.ping();
    await postgres.run((manager) => manager.insert(Note, { id: 1, value: 7 }));
    expect(await values(postgres)).toEqual([7]);
    const rows = await postgres.run((manager) => manager.query(`SELECT value FROM "${schema}".note`));
    expect(rows).toEqual([{ value: 7 }]);
  });

  it('migrates once where replicas start together', async () => {
    const schema = randomName('test');
    const replicas = await Promise.all([open(schema), open(schema), open(schema)]);
    const [first] = replicas;
    expect(await first?.run((manager) => manager.query('SELECT name FROM migrations'))).toHaveLength(1);
    for (const replica of replicas) expect(await values(replica)).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('does a transaction wholly or not at all', async () => {
    const postgres = await open();
    const failing = postgres.transaction(async (manager) => {
      await manager.insert(Note, { id: 1, value: 1 });
      await manager.insert(Note, { id: 1, value: 2 });
    });
    await expect(failing).rejects.toMatchObject({ name: 'QueryFailedError' });
    expect(await values(postgres)).toEqual([]);
  });

  it('runs a transaction again where another got in its way', async () => {
    const postgres = await open();
    await postgres.run((manager) => manager.insert(Note, { id: 1, value: 0 }));
    let runs = 0;
    const increment = () =>
      postgres.transaction(async (manager) => {
        runs += 1;
        await manager.query('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
        const note = await manager.findOneByOrFail(Note, { id: 1 });
        await meet();
        await manager.update(Note, { id: 1 }, { value: note.value + 1 });
      });
    // Both have read before either writes, the first time round.
    let waiting: (() => void) | undefined;
    let met = false;
    const meet = (): Promise<void> => {
      if (met) return Promise.resolve();
      if (!waiting) return new Promise((resolve) => (waiting = resolve));
      met = true;
      waiting();
      return Promise.resolve();
    };
    await Promise.all([increment(), increment()]);
    expect(await values(postgres)).toEqual([2]);
    expect(runs).toBe(3);
  });

  it('gives up a statement that takes too long', async () => {
    const postgres = await open(undefined, 200);
    await expect(postgres.run((manager) => manager.query('SELECT pg_sleep(5)'))).rejects.toMatchObject({
      name: 'Unavailable',
      outcomeUnknown: true,
    });
    await postgres.ping();
  });

  it('refuses a name that could be more than a schema', () => {
    expect(() => create('x"; DROP SCHEMA public')).toThrow(`can't be a schema's name`);
  });

  describe('while the server is away', () => {
    beforeEach(() => server.crash());

    it('starts all the same, refuses work at once, and is there once the server is', async () => {
      const postgres = create();
      postgres.start();
      await expect(postgres.ping()).rejects.toThrow(Unavailable);
      await eventually(() => expect(warnings).toContain('postgres is not there yet; it is tried again'));
      await server.up();
      await eventually(() => postgres.ping(), { withinMs: 10_000 });
    });

    it('can be closed while it tries', async () => {
      const postgres = create();
      postgres.start();
      await postgres.close();
      await expect(postgres.ping()).rejects.toThrow(Unavailable);
    });
  });

  it('loses its connections in a crash, says so, and heals', async () => {
    const postgres = await open();
    await postgres.run((manager) => manager.insert(Note, { id: 1, value: 1 }));
    const cut = postgres.transaction(async (manager) => {
      await manager.insert(Note, { id: 2, value: 2 });
      await server.crash();
      await manager.insert(Note, { id: 3, value: 3 });
    });
    await expect(cut).rejects.toMatchObject({ name: 'Unavailable', outcomeUnknown: false });
    await expect(postgres.ping()).rejects.toThrow(Unavailable);
    await server.up();
    await eventually(() => postgres.ping(), { withinMs: 10_000 });
    expect(await values(postgres)).toEqual([1]);
  });
});
