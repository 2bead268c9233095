import { Injectable } from '@nestjs/common';
import {
  type AgencyEntry,
  hashApiKey,
  isApiKey,
  type KeyEntry,
  keys,
  type SubaccountEntry,
} from '@claw/contracts';
import { AccessBuckets } from './access.buckets';

/** A key that works, with what stands behind it. */
export type Credential =
  | {
      readonly kind: 'agency';
      readonly keyHash: string;
      readonly agencyId: string;
      readonly agency: AgencyEntry;
    }
  | {
      readonly kind: 'subaccount';
      readonly keyHash: string;
      readonly agencyId: string;
      readonly subaccountId: string;
      readonly agency: AgencyEntry;
      readonly subaccount: SubaccountEntry;
    };

/**
 * Looks a key up in the `access` projection, always freshly: a key revoked by a call that has answered is refused
 * by the next one.
 */
@Injectable()
export class AccessReader {
  constructor(private readonly buckets: AccessBuckets) {}

  /** What the key opens; undefined where it is unknown, rotated or closed. Throws Unavailable. */
  async credentialOf(key: string): Promise<Credential | undefined> {
    if (!isApiKey(key)) return undefined;
    const keyHash = hashApiKey(key);
    const entry = (await this.buckets.keys.get(keys.apiKey(keyHash)))?.value;
    if (entry === undefined || entry.revoked) return undefined;
    return entry.kind === 'agency' ? this.ofAgency(entry, keyHash) : this.ofSubaccount(entry, keyHash);
  }

  private async ofAgency(entry: KeyEntry, keyHash: string): Promise<Credential | undefined> {
    const agency = (await this.buckets.agencies.get(keys.agency(entry.agencyId)))?.value;
    return agency?.keyHash === keyHash
      ? { kind: 'agency', keyHash, agencyId: entry.agencyId, agency }
      : undefined;
  }

  private async ofSubaccount(
    entry: KeyEntry & { kind: 'subaccount' },
    keyHash: string,
  ): Promise<Credential | undefined> {
    const [agency, subaccount] = await Promise.all([
      this.buckets.agencies.get(keys.agency(entry.agencyId)),
      this.buckets.subaccounts.get(keys.subaccount(entry.subaccountId)),
    ]);
    if (agency === undefined || subaccount?.value.keyHash !== keyHash) return undefined;
    if (subaccount.value.status === 'closed') return undefined;
    const { kind, agencyId, subaccountId } = entry;
    return { kind, keyHash, agencyId, subaccountId, agency: agency.value, subaccount: subaccount.value };
  }
}
