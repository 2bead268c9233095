import { CreateTables1767225600000 } from './1767225600000-create-tables';

/** In the order in which they run. */
export const migrations = [CreateTables1767225600000] as const;
