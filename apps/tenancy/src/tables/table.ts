/** A query table: its name, its key, and its columns with their types. */
export interface Table {
  readonly name: string;
  readonly key: string;
  readonly columns: Readonly<Record<string, string>>;
}

/** Rows arrive as one JSON array in a parameter, however many they are. */
const insert = ({ name, columns }: Table, parameter: number): string => {
  const names = Object.keys(columns).join(', ');
  const given = Object.entries(columns).map(([column, type]) => `${column} ${type}`);
  return `INSERT INTO ${name} (${names}) SELECT ${names} FROM jsonb_to_recordset($${parameter}::jsonb) AS given(${given.join(', ')})`;
};

const overwrite = ({ key, columns }: Table): string =>
  `ON CONFLICT (${key}) DO UPDATE SET ${Object.keys(columns)
    .filter((column) => column !== key)
    .map((column) => `${column} = excluded.${column}`)
    .join(', ')}`;

/** Writes what isn't there and leaves what is. */
export const insertMissing = (table: Table, parameter: number): string =>
  `${insert(table, parameter)} ON CONFLICT (${table.key}) DO NOTHING`;

/** Writes what is newer than what is there, or differs from it at the same revision. */
export const upsertNewer = (table: Table, parameter: number): string =>
  `${insert(table, parameter)} ${overwrite(table)}
   WHERE ${table.name}.revision < excluded.revision
      OR (${table.name}.revision = excluded.revision AND ${table.name} IS DISTINCT FROM excluded)`;

/** Writes what differs from what is there: for facts that never change, and are known exactly. */
export const upsertExact = (table: Table, parameter: number): string =>
  `${insert(table, parameter)} ${overwrite(table)} WHERE ${table.name} IS DISTINCT FROM excluded`;
