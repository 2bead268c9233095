import { CreateTables1767225600000 } from './1767225600000-create-tables';
import { AllowNoRequest1767225600001 } from './1767225600001-allow-no-request';

/** In the order in which they run. */
export const migrations = [CreateTables1767225600000, AllowNoRequest1767225600001] as const;
