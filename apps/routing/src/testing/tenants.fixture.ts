import { randomInt, randomUUID } from 'node:crypto';
import {
  type AgencyEntry,
  buckets,
  digitsOf,
  e164Schema,
  keys,
  type PhoneNumber,
  type SubaccountEntry,
} from '@claw/contracts';
import { KvBucket, type NatsLink } from '@claw/messaging';
import { z } from 'zod';

export interface TestAgency {
  readonly agencyId: string;
  readonly sendingNumber: PhoneNumber;
}
export interface TestSubaccount extends TestAgency {
  readonly subaccountId: string;
}

/** A number that no other test has. */
export const randomNumber = (): PhoneNumber =>
  e164Schema.parse(`+1${randomInt(2_000_000_000, 9_999_999_999)}`);

/** Writes agencies and subaccounts to the `access` bucket as tenancy does. */
export class Tenants {
  private readonly bucket;
  private revision = 0;

  constructor(nats: NatsLink) {
    this.bucket = new KvBucket(nats, buckets.access.name, z.record(z.string(), z.unknown()));
  }

  async agency(change: Partial<AgencyEntry> = {}): Promise<TestAgency> {
    const agencyId = randomUUID();
    const sendingNumber = randomNumber();
    await this.bucket.put(keys.sendingNumber(digitsOf(sendingNumber)), { agencyId, revision: 0 });
    const agency = { agencyId, sendingNumber };
    await this.setAgency(agency, change);
    return agency;
  }

  async setAgency({ agencyId, sendingNumber }: TestAgency, change: Partial<AgencyEntry>): Promise<void> {
    const entry: AgencyEntry = {
      status: 'active',
      suspensions: [],
      sendingNumber,
      keyHash: null,
      helpText: null,
      limits: {},
      revision: (this.revision += 1),
      ...change,
    };
    await this.bucket.put(keys.agency(agencyId), { ...entry });
  }

  async subaccount(agency?: TestAgency): Promise<TestSubaccount> {
    const subaccount = { ...(agency ?? (await this.agency())), subaccountId: randomUUID() };
    await this.setSubaccount(subaccount, 'active');
    return subaccount;
  }

  async setSubaccount(
    { agencyId, subaccountId }: TestSubaccount,
    status: SubaccountEntry['status'],
  ): Promise<void> {
    const revision = (this.revision += 1);
    const entry: SubaccountEntry = { agencyId, status, messageLimit: 1_000, keyHash: 'none', revision };
    await this.bucket.put(keys.subaccount(subaccountId), { ...entry });
  }
}
