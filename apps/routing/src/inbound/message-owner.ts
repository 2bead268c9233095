import { digitsOf, type PhoneNumber } from '@claw/contracts';
import { epochMs, type Instant } from '@claw/kernel';
import { type Holding, ownerAt } from '@claw/routing-domain';
import { Injectable } from '@nestjs/common';
import { AccessReplica } from '../access/access-replica';
import { PhoneRoutes } from '../phone-routes/phone-routes';
import { type HeldRoute, RouteTable } from '../phone-routes/route-table';
import type { DropReason } from './inbound.metrics';

export type Owner = Pick<Holding, 'subaccountId' | 'agencyId' | 'claimRevision'>;

/** Who had a number at a moment, and who has it now. */
export interface Holders {
  readonly then: Owner | undefined;
  readonly now: Owner | undefined;
}

/** Says whose a customer is. Everything throws `Unavailable`. */
@Injectable()
export class MessageOwner {
  constructor(
    private readonly access: AccessReplica,
    private readonly table: RouteTable,
    private readonly routes: PhoneRoutes,
  ) {}

  /** The agency that a sending number belongs to; undefined where it is none of ours. */
  agencyOf(line: PhoneNumber): Promise<string | undefined> {
    return this.access.agencyOfNumber(digitsOf(line));
  }

  /**
   * The subaccount that held the sender's number when the message was sent, if it is one of the agency that the
   * number it was sent to belongs to, and if it still exists.
   */
  async of(from: PhoneNumber, agencyId: string, sentAt: Instant): Promise<Owner | DropReason> {
    const route = await this.table.routeOf(from);
    const owner = route === undefined ? undefined : await this.holderAt(from, route, sentAt);
    if (owner === undefined) return 'unregistered_sender';
    if (owner.agencyId !== agencyId) return 'wrong_sending_number';
    return (await this.exists(owner)) ? owner : 'subaccount_closed';
  }

  /** Of each number who had it at a moment and who has it now; subaccounts that are closed have none. */
  async holders(
    numbers: readonly PhoneNumber[],
    moment: Instant,
  ): Promise<ReadonlyMap<PhoneNumber, Holders>> {
    const living = async (owner: Owner | undefined) =>
      owner !== undefined && (await this.exists(owner)) ? owner : undefined;
    const held = [...(await this.held(numbers, moment))];
    return new Map(
      await Promise.all(
        held.map(async ([number, { then, now }]): Promise<[PhoneNumber, Holders]> => [
          number,
          { then: await living(then), now: await living(now) },
        ]),
      ),
    );
  }

  private async held(
    numbers: readonly PhoneNumber[],
    moment: Instant,
  ): Promise<ReadonlyMap<PhoneNumber, Holders>> {
    const routes = await this.table.routesOf(numbers);
    return new Map(
      await Promise.all(
        [...routes].map(async ([number, route]): Promise<[PhoneNumber, Holders]> => [
          number,
          { then: await this.holderAt(number, route, moment), now: route.released ? undefined : route },
        ]),
      ),
    );
  }

  /** A claim that holds and is older than the moment answers by itself; else the number's whole history does. */
  private async holderAt(number: PhoneNumber, route: HeldRoute, moment: Instant): Promise<Owner | undefined> {
    if (!route.released && epochMs(route.claimedAt) <= epochMs(moment)) return route;
    return ownerAt(await this.routes.history(digitsOf(number)), moment);
  }

  private async exists({ agencyId, subaccountId }: Owner): Promise<boolean> {
    const standing = await this.access.standingOf(agencyId, subaccountId);
    return standing !== undefined && standing !== 'closed';
  }
}
