import { type PhoneDigits, type RouteEntry } from '@claw/contracts';
import type { PhoneRoute } from '@claw/routing-domain';
import { Injectable } from '@nestjs/common';
import { RouteDirectory } from './route-directory';
import { RouteTable } from './route-table';

/** A number's route as the projections hold it; undefined for one that nobody ever held. */
export const routeEntryOf = (route: PhoneRoute): RouteEntry | undefined => {
  const { holding, released, revision } = route;
  const shown = holding ?? released;
  if (shown === undefined) return undefined;
  const { subaccountId, agencyId, claimedAt, claimRevision } = shown;
  return { subaccountId, agencyId, claimedAt, claimRevision, released: holding === undefined, revision };
};

/** What is projected from the phone routes: the `routes` bucket and the table. Newer revisions win in both. */
@Injectable()
export class RouteProjection {
  constructor(
    private readonly directory: RouteDirectory,
    private readonly table: RouteTable,
  ) {}

  /** Throws `Unavailable` where one of the two couldn't be written; repeating is harmless. */
  async write(digits: PhoneDigits, route: PhoneRoute): Promise<void> {
    const entry = routeEntryOf(route);
    if (entry === undefined) return;
    await Promise.all([this.directory.bucket.putNewer(digits, entry), this.table.write([[digits, entry]])]);
  }

  /** Whether everything already tells of a number as of this revision, or a later one. Throws `Unavailable`. */
  async tellsOf(digits: PhoneDigits, revision: number): Promise<boolean> {
    const [entry, row] = await Promise.all([this.directory.get(digits), this.table.revision(digits)]);
    return entry !== undefined && entry.revision >= revision && row !== undefined && row >= revision;
  }
}
