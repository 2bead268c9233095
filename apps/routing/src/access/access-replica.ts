import {
  type AgencyEntry,
  agencyEntrySchema,
  buckets,
  keys,
  type PhoneDigits,
  type SendingNumberEntry,
  sendingNumberEntrySchema,
  type SubaccountEntry,
  subaccountEntrySchema,
} from '@claw/contracts';
import { KvReplica, type Log, type NatsLink } from '@claw/messaging';
import { AccessDirectory, type Standing, standingIn } from './access-directory';

type Subaccount = Pick<SubaccountEntry, 'agencyId' | 'status'>;

/**
 * Copies in memory of what every message has to be checked against: milliseconds behind. What a copy doesn't have is
 * asked of the bucket itself, so nothing counts as missing because the copy is late.
 */
export class AccessReplica {
  private readonly subaccounts: KvReplica<SubaccountEntry, Subaccount>;
  private readonly agencies: KvReplica<AgencyEntry, AgencyEntry['status']>;
  private readonly numbers: KvReplica<SendingNumberEntry, string>;

  constructor(
    nats: NatsLink,
    private readonly directory: AccessDirectory,
    logger: Log,
  ) {
    const bucket = buckets.access.name;
    this.subaccounts = new KvReplica(nats, {
      bucket,
      logger,
      filter: keys.allSubaccounts,
      schema: subaccountEntrySchema,
      map: (_, { agencyId, status }) => ({ agencyId, status }),
    });
    this.agencies = new KvReplica(nats, {
      bucket,
      logger,
      filter: keys.allAgencies,
      schema: agencyEntrySchema,
      map: (_, { status }) => status,
    });
    this.numbers = new KvReplica(nats, {
      bucket,
      logger,
      filter: keys.allSendingNumbers,
      schema: sendingNumberEntrySchema,
      map: (_, { agencyId }) => agencyId,
    });
  }

  /** As {@link AccessDirectory.standingOf}. */
  async standingOf(agencyId: string, subaccountId: string): Promise<Standing | undefined> {
    const subaccount = this.subaccounts.get(keys.subaccount(subaccountId));
    const agency = this.agencies.get(keys.agency(agencyId));
    return subaccount === undefined || agency === undefined
      ? this.directory.standingOf(agencyId, subaccountId)
      : standingIn(agencyId, subaccount, agency);
  }

  /** As {@link AccessDirectory.agencyOfNumber}. */
  async agencyOfNumber(digits: PhoneDigits): Promise<string | undefined> {
    return this.numbers.get(keys.sendingNumber(digits)) ?? (await this.directory.agencyOfNumber(digits));
  }

  async stop(): Promise<void> {
    await Promise.all([this.subaccounts.stop(), this.agencies.stop(), this.numbers.stop()]);
  }
}
