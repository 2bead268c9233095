import {
  type AgencyEntry,
  type AgencyStatus,
  agencyEntrySchema,
  buckets,
  keys,
  numberOf,
  type PhoneDigits,
  type PhoneNumber,
  sendingNumberEntrySchema,
  type SubaccountEntry,
  subaccountEntrySchema,
} from '@claw/contracts';
import { KvBucket, type NatsLink } from '@claw/messaging';

/** Whether a subaccount may send: its own suspensions and its agency's status taken together. */
export type Standing = 'active' | 'suspended' | 'closed';

/** Undefined where the subaccount is another agency's. */
export const standingIn = (
  agencyId: string,
  subaccount: Pick<SubaccountEntry, 'agencyId' | 'status'>,
  agencyStatus: AgencyStatus,
): Standing | undefined => {
  if (subaccount.agencyId !== agencyId) return undefined;
  if (subaccount.status !== 'active') return subaccount.status;
  return agencyStatus === 'active' ? 'active' : 'suspended';
};

/** What routing reads of the `access` bucket, each time from its leader: as of the last answered change. */
export class AccessDirectory {
  private readonly subaccounts;
  private readonly agencies;
  private readonly numbers;

  constructor(nats: NatsLink) {
    const { name } = buckets.access;
    this.subaccounts = new KvBucket(nats, name, subaccountEntrySchema);
    this.agencies = new KvBucket(nats, name, agencyEntrySchema);
    this.numbers = new KvBucket(nats, name, sendingNumberEntrySchema);
  }

  /** Throws `Unavailable`, as does everything here. */
  async subaccount(subaccountId: string): Promise<SubaccountEntry | undefined> {
    return (await this.subaccounts.get(keys.subaccount(subaccountId)))?.value;
  }

  /** Undefined where there is no such subaccount, or it is another agency's. */
  async standingOf(agencyId: string, subaccountId: string): Promise<Standing | undefined> {
    const [subaccount, agency] = await Promise.all([this.subaccount(subaccountId), this.agency(agencyId)]);
    return subaccount === undefined || agency === undefined
      ? undefined
      : standingIn(agencyId, subaccount, agency.status);
  }

  async agency(agencyId: string): Promise<AgencyEntry | undefined> {
    return (await this.agencies.get(keys.agency(agencyId)))?.value;
  }

  /** Every sending number that was given to an agency. */
  async sendingNumbers(): Promise<readonly PhoneNumber[]> {
    const found = await this.numbers.keys(keys.allSendingNumbers, 10_000);
    return found.map((key) => numberOf(keys.sendingDigits(key)));
  }

  /** The agency that a sending number was given to; undefined where it is none of ours. */
  async agencyOfNumber(digits: PhoneDigits): Promise<string | undefined> {
    return (await this.numbers.get(keys.sendingNumber(digits)))?.value.agencyId;
  }
}
