import { digitsOf, type PhoneNumber } from '@claw/contracts';
import { Injectable } from '@nestjs/common';
import type { PreSendFacts } from '@claw/routing-domain';
import { AccessReplica } from '../access/access-replica';
import { OptoutDirectory } from '../consent/optout-directory';
import { RouteDirectory } from '../phone-routes/route-directory';

/** Whom something is sent for, from which number and to whom. */
export interface Sending {
  readonly agencyId: string;
  readonly subaccountId: string;
  readonly from: PhoneNumber;
  readonly to: readonly PhoneNumber[];
  /** The claim that allowed it; null of a group. */
  readonly claimRevision: number | null;
}

/** Looks up what is true of a sender and its recipients just before something is sent. */
@Injectable()
export class PreSendLookup {
  constructor(
    private readonly access: AccessReplica,
    private readonly routes: RouteDirectory,
    private readonly optouts: OptoutDirectory,
  ) {}

  /** Throws `Unavailable`. */
  async factsOf(sending: Sending): Promise<PreSendFacts> {
    const [standing, routeHeld, optedOut] = await Promise.all([
      this.access.standingOf(sending.agencyId, sending.subaccountId),
      this.routeHeld(sending),
      this.anyOptedOut(sending),
    ]);
    return {
      // A closed subaccount has no routes any more, even where its release is still under way.
      routeHeld: routeHeld && standing !== 'closed',
      optedOut,
      suspended: standing === 'suspended',
    };
  }

  private async anyOptedOut({ from, to }: Sending): Promise<boolean> {
    const each = await Promise.all(to.map((recipient) => this.optouts.optedOut(from, recipient)));
    return each.includes(true);
  }

  /** A group is held by anybody in it who is still the subaccount's. Throws `Unavailable`. */
  async routeHeld({ to, subaccountId, claimRevision }: Omit<Sending, 'agencyId' | 'from'>): Promise<boolean> {
    const entries = await Promise.all(to.map((recipient) => this.routes.get(digitsOf(recipient))));
    return entries.some(
      (entry) =>
        entry?.subaccountId === subaccountId &&
        !entry.released &&
        (claimRevision === null || entry.claimRevision === claimRevision),
    );
  }
}
