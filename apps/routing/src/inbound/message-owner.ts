import { digitsOf, type PhoneNumber } from '@claw/contracts';
import type { Instant } from '@claw/kernel';
import { type Holding, ownerAt } from '@claw/routing-domain';
import { Injectable } from '@nestjs/common';
import { AccessReplica } from '../access/access-replica';
import { PhoneRoutes } from '../phone-routes/phone-routes';
import { RouteDirectory } from '../phone-routes/route-directory';
import type { DropReason } from './inbound.metrics';

export type Owner = Pick<Holding, 'subaccountId' | 'agencyId' | 'claimRevision'>;

/** Says whose a customer's message is. */
@Injectable()
export class MessageOwner {
  constructor(
    private readonly access: AccessReplica,
    private readonly directory: RouteDirectory,
    private readonly routes: PhoneRoutes,
  ) {}

  /** The agency that a sending number belongs to; undefined where it is none of ours. Throws `Unavailable`. */
  agencyOf(line: PhoneNumber): Promise<string | undefined> {
    return this.access.agencyOfNumber(digitsOf(line));
  }

  /**
   * The subaccount that held the sender's number when the message was sent, if it is one of the agency that the
   * number it was sent to belongs to, and if it still exists. Throws `Unavailable`.
   */
  async of(from: PhoneNumber, agencyId: string, sentAt: Instant): Promise<Owner | DropReason> {
    const owner = await this.holderAt(from, sentAt);
    if (owner === undefined) return 'unregistered_sender';
    if (owner.agencyId !== agencyId) return 'wrong_sending_number';
    const standing = await this.access.standingOf(owner.agencyId, owner.subaccountId);
    return standing === 'closed' || standing === undefined ? 'subaccount_closed' : owner;
  }

  /** A claim that holds and is older than the message answers by itself; else the number's whole history does. */
  private async holderAt(from: PhoneNumber, sentAt: Instant): Promise<Owner | undefined> {
    const entry = await this.directory.get(digitsOf(from));
    if (entry !== undefined && !entry.released && Date.parse(entry.claimedAt) <= Date.parse(sentAt))
      return entry;
    return ownerAt(await this.routes.history(digitsOf(from)), sentAt);
  }
}
