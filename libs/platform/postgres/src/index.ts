export { inGroups } from './in-groups';
export type { PostgresOptions } from './data-source';
export { Postgres } from './postgres';
export type { PostgresLogger } from './postgres';
export * from './sql';
