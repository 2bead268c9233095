import type { Sql } from './database';

/** The rows that a SELECT or an INSERT … RETURNING gives. */
export const rowsOf = async <Row>(
  sql: Sql,
  text: string,
  values: readonly unknown[],
): Promise<readonly Row[]> => (await sql.query(text, [...values])) as Row[];

/** The rows that an UPDATE or a DELETE … RETURNING gives: for these the driver adds a count. */
export const changedRows = async <Row>(
  sql: Sql,
  text: string,
  values: readonly unknown[],
): Promise<readonly Row[]> => ((await sql.query(text, [...values])) as [Row[], number])[0];
