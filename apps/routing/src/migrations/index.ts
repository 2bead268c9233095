import { CreateLedger1767225600000 } from './1767225600000-create-ledger';
import { CreatePartitions1767225600001 } from './1767225600001-create-partitions';
import { CreateRoutes1767225600002 } from './1767225600002-create-routes';
import { ExtendLedger1767225600003 } from './1767225600003-extend-ledger';
import { IndexGroups1767225600005 } from './1767225600005-index-groups';
import { IndexUnsettled1767225600006 } from './1767225600006-index-unsettled';
import { CreateCustomerReactions1767225600007 } from './1767225600007-create-customer-reactions';

/** In the order in which they run. */
export const migrations = [
  CreateLedger1767225600000,
  CreatePartitions1767225600001,
  CreateRoutes1767225600002,
  ExtendLedger1767225600003,
  IndexGroups1767225600005,
  IndexUnsettled1767225600006,
  CreateCustomerReactions1767225600007,
] as const;
