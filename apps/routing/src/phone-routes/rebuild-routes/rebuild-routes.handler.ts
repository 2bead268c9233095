import { eventStreams, type PhoneDigits, type RouteEntry } from '@claw/contracts';
import { EventLog, EventStore } from '@claw/event-store';
import { rebuildBucket, type Rebuilt } from '@claw/messaging';
import { evolvePhoneRoute, type PhoneRouteEvent, unclaimed } from '@claw/routing-domain';
import { Injectable } from '@nestjs/common';
import { statesIn } from '../../follow-log/states-in';
import { phoneRouteCodec } from '../phone-route.codec';
import { RouteDirectory } from '../route-directory';
import { routeEntryOf } from '../route-projection';
import { RouteTable } from '../route-table';

type Entry = readonly [PhoneDigits, RouteEntry];

const rowsAtOnce = 500;

/**
 * Rewrites the projections of the phone routes from the log while everybody goes on reading and writing them: nothing
 * newer is overwritten, nothing is missing meanwhile, and what the log doesn't hold is removed at the end.
 */
@Injectable()
export class RebuildRoutesHandler {
  private readonly log: EventLog<PhoneRouteEvent>;

  constructor(
    store: EventStore,
    private readonly directory: RouteDirectory,
    private readonly table: RouteTable,
  ) {
    this.log = new EventLog(store, phoneRouteCodec);
  }

  /** Counts the entries of the bucket. Throws `Unavailable`; it may then simply be done again. */
  async handle(): Promise<Rebuilt> {
    // Before the log is read: a row that appears later is not for this rebuild to remove.
    const rows = new Map(await this.table.revisions());
    let wanted: readonly Entry[] = [];
    const rebuilt = await rebuildBucket(
      this.directory.bucket,
      async function* (this: RebuildRoutesHandler) {
        wanted = await this.entries();
        yield* wanted;
      }.bind(this),
    );
    for (let from = 0; from < wanted.length; from += rowsAtOnce) {
      await this.table.write(wanted.slice(from, from + rowsAtOnce), { alsoSame: true });
    }
    for (const [digits] of wanted) rows.delete(digits);
    await this.table.prune(rows);
    return rebuilt;
  }

  private async entries(): Promise<readonly Entry[]> {
    const evolution = { initial: unclaimed, evolve: evolvePhoneRoute };
    const routes = await statesIn(this.log, eventStreams.phonePrefix, evolution);
    return [...routes].flatMap(([digits, route]) => {
      const entry = routeEntryOf(route);
      return entry === undefined ? [] : [[digits as PhoneDigits, entry] as const];
    });
  }
}
