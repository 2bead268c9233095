import { digitsOf } from '@claw/contracts';
import { Injectable } from '@nestjs/common';
import type { PreSendFacts } from '@claw/routing-domain';
import { AccessReplica } from '../access/access-replica';
import type { WaitingMessage } from '../ledger/waiting-message';
import { RouteDirectory } from '../phone-routes/route-directory';

/** Looks up what is true of a message's sender and recipient just before it is sent. */
@Injectable()
export class PreSendLookup {
  constructor(
    private readonly access: AccessReplica,
    private readonly routes: RouteDirectory,
  ) {}

  /** Throws `Unavailable`. */
  async factsOf(message: WaitingMessage): Promise<PreSendFacts> {
    const [standing, routeHeld] = await Promise.all([
      this.access.standingOf(message.agencyId, message.subaccountId),
      this.routeHeld(message),
    ]);
    return {
      // A closed subaccount has no routes any more, even where its release is still under way.
      routeHeld: routeHeld && standing !== 'closed',
      optedOut: false,
      suspended: standing === 'suspended',
    };
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
