import {
  type AgencyEntry,
  buckets,
  digitsOf,
  e164Schema,
  hashApiKey,
  keys,
  maxMessageLimit,
  type PhoneNumber,
} from '@claw/contracts';
import { instant, newId } from '@claw/kernel';
import { KvBucket, type NatsLink } from '@claw/messaging';
import { z } from 'zod';

export interface BenchTenant {
  readonly agencyId: string;
  readonly subaccountId: string;
  readonly key: string;
  readonly phone: PhoneNumber;
}

export const sendingNumber = e164Schema.parse('+15005550000');

/** Tenants under way together: more would wait for the server until their deadlines. */
const atOnce = 250;

/** The n-th of the numbers that a run uses. */
export const benchPhone = (index: number): PhoneNumber =>
  e164Schema.parse(`+1212${String(2_000_000 + index)}`);

/**
 * Writes the projections of an active agency with so many subaccounts, a route each, as tenancy and routing would: the
 * services themselves need not run for what the gateway does alone.
 */
export const seedTenants = async (nats: NatsLink, count: number): Promise<readonly BenchTenant[]> => {
  const any = z.record(z.string(), z.unknown());
  const access = new KvBucket(nats, buckets.access.name, any);
  const routes = new KvBucket(nats, buckets.routes.name, any);
  const agencyId = newId();
  const agency: AgencyEntry = {
    status: 'active',
    suspensions: [],
    sendingNumber,
    keyHash: null,
    helpText: null,
    limits: {},
    revision: 0,
  };
  await access.put(keys.agency(agencyId), { ...agency });
  await access.put(keys.sendingNumber(digitsOf(sendingNumber)), { agencyId, revision: 0 });
  const tenants: BenchTenant[] = [];
  const seed = async (index: number): Promise<BenchTenant> => {
    const subaccountId = newId();
    const key = `cm_live_${String(index).padStart(8, '0')}_${newId().replaceAll('-', '')}${'x'.repeat(8)}`;
    const phone = benchPhone(index);
    const keyHash = hashApiKey(key);
    const of = { agencyId, subaccountId };
    await access.put(keys.subaccount(subaccountId), {
      agencyId,
      status: 'active',
      messageLimit: maxMessageLimit,
      keyHash,
      revision: 0,
    });
    await access.put(keys.apiKey(keyHash), { kind: 'subaccount', ...of, revoked: false, revision: 0 });
    const claim = { claimedAt: instant(Date.now()), claimRevision: 0, released: false, revision: 0 };
    await routes.put(digitsOf(phone), { ...of, ...claim });
    return { ...of, key, phone };
  };
  while (tenants.length < count) {
    const some = Array.from(
      { length: Math.min(atOnce, count - tenants.length) },
      (_, n) => tenants.length + n,
    );
    tenants.push(...(await Promise.all(some.map(seed))));
  }
  return tenants;
};
