import type { EntityManager } from 'typeorm';

/** What a statement is sent through. */
export type Sql = Pick<EntityManager, 'query'>;

/** The rows that a SELECT or an INSERT … RETURNING gives; each query names the shape it selects. */
export const rowsOf = async <Row>(
  sql: Sql,
  text: string,
  values: readonly unknown[],
): Promise<readonly Row[]> => (await sql.query(text, [...values])) as Row[];

/** The rows that an UPDATE or DELETE … RETURNING gives: for these the driver adds a count. */
export const changedRows = async <Row>(
  sql: Sql,
  text: string,
  values: readonly unknown[],
): Promise<readonly Row[]> => ((await sql.query(text, [...values])) as [Row[], number])[0];
