import type { AgencyEvent } from './agency';
import type { NumberEvent } from './number';
import type { SubaccountEvent } from './subaccount';

/** Every fact that tenancy records. */
export type TenancyEvent = AgencyEvent | SubaccountEvent | NumberEvent;
