import {
  type AgencyEntry,
  agencyEntrySchema,
  buckets,
  keys,
  type SubaccountEntry,
  subaccountEntrySchema,
} from '@claw/contracts';
import { Unavailable } from '@claw/kernel';
import { KvReplica, type Log, NatsLink } from '@claw/messaging';
import { LOGGER } from '@claw/observability';
import { Inject, Injectable } from '@nestjs/common';
import type { AccessRecord } from './access-entries';
import { NewestStore } from './newest-store';

/** What the directory keeps of a subaccount, a million times over. */
interface SubaccountMark {
  readonly agencyId: string;
  readonly open: boolean;
  readonly revision: number;
}

/**
 * Agencies' standing and how many open subaccounts each has, in memory: milliseconds behind the `access` bucket, and
 * never behind what this process wrote itself. A provisioning asks nobody.
 */
@Injectable()
export class AccessDirectory {
  private readonly openCounts = new Map<string, number>();
  private readonly agencyStore = new NewestStore<AgencyEntry>();
  private readonly subaccountStore = new NewestStore<SubaccountMark>((before, after) => {
    if (before?.open) this.count(before.agencyId, -1);
    if (after?.open) this.count(after.agencyId, 1);
  });
  private readonly agencies: KvReplica<AgencyEntry>;
  private readonly subaccounts: KvReplica<SubaccountEntry, SubaccountMark>;

  constructor(nats: NatsLink, @Inject(LOGGER) logger: Log) {
    const bucket = buckets.access.name;
    this.agencies = new KvReplica(nats, {
      bucket,
      schema: agencyEntrySchema,
      filter: keys.allAgencies,
      map: (_, entry) => entry,
      store: this.agencyStore,
      logger,
    });
    this.subaccounts = new KvReplica(nats, {
      bucket,
      schema: subaccountEntrySchema,
      filter: keys.allSubaccounts,
      map: (_, entry) => markOf(entry),
      store: this.subaccountStore,
      logger,
    });
  }

  /** Resolves once all of the bucket is here. */
  get ready(): Promise<unknown> {
    return Promise.all([this.agencies.ready, this.subaccounts.ready]);
  }

  /** Throws `Unavailable` while the copy has never been whole. */
  assertReady(): void {
    if (!this.agencies.isReady || !this.subaccounts.isReady) throw new Unavailable('access');
  }

  /** The agency; undefined where there is none. Throws `Unavailable` while the copy has never been whole. */
  agency(agencyId: string): AgencyEntry | undefined {
    this.assertReady();
    return this.agencyStore.get(keys.agency(agencyId));
  }

  /** How many subaccounts of the agency aren't closed. */
  openSubaccounts(agencyId: string): number {
    return this.openCounts.get(agencyId) ?? 0;
  }

  /** Takes in what this process wrote, before the watch tells it. */
  learn(records: readonly AccessRecord[]): void {
    for (const [key, value] of records) {
      if ('helpText' in value) this.agencyStore.set(key, value);
      else if ('messageLimit' in value) this.subaccountStore.set(key, markOf(value));
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.agencies.stop(), this.subaccounts.stop()]);
  }

  private count(agencyId: string, change: number): void {
    this.openCounts.set(agencyId, (this.openCounts.get(agencyId) ?? 0) + change);
  }
}

const markOf = ({ agencyId, status, revision }: SubaccountEntry): SubaccountMark => ({
  agencyId,
  open: status !== 'closed',
  revision,
});
