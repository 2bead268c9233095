import { digitsOf } from '@claw/contracts';
import { Injectable } from '@nestjs/common';
import type { PreSendFacts } from '@claw/routing-domain';
import { AccessReplica } from '../access/access-replica';
import { OptoutDirectory } from '../consent/optout-directory';
import type { WaitingMessage } from '../ledger/waiting-message';
import { RouteDirectory } from '../phone-routes/route-directory';

/** Looks up what is true of a message's sender and recipient just before it is sent. */
@Injectable()
export class PreSendLookup {
  constructor(
    private readonly access: AccessReplica,
    private readonly routes: RouteDirectory,
    private readonly optouts: OptoutDirectory,
  ) {}

  /** Throws `Unavailable`. */
  async factsOf(message: WaitingMessage): Promise<PreSendFacts> {
    const [standing, routeHeld, optedOut] = await Promise.all([
      this.access.standingOf(message.agencyId, message.subaccountId),
      this.routeHeld(message),
      this.anyOptedOut(message),
    ]);
    return {
      // A closed subaccount has no routes any more, even where its release is still under way.
      routeHeld: routeHeld && standing !== 'closed',
      optedOut,
      suspended: standing === 'suspended',
    };
  }

  private async anyOptedOut({ from, to }: WaitingMessage): Promise<boolean> {
    const each = await Promise.all(to.map((recipient) => this.optouts.optedOut(from, recipient)));
    return each.includes(true);
  }

  private async routeHeld({ to, subaccountId, claimRevision }: WaitingMessage): Promise<boolean> {
    const [recipient] = to;
    if (recipient === undefined || claimRevision === null) return false;
    const entry = await this.routes.get(digitsOf(recipient));
    return (
      entry !== undefined &&
      !entry.released &&
      entry.subaccountId === subaccountId &&
      entry.claimRevision === claimRevision
    );
  }
}
