import { setTimeout as pauseFor } from 'node:timers/promises';
import { eventStreams } from '@claw/contracts';
import type { EventPlace } from '@claw/event-store';
import { backoffMs } from '@claw/kernel';
import type { Log } from '@claw/messaging';
import { LOGGER } from '@claw/observability';
import { Postgres, rowsOf } from '@claw/postgres';
import { Inject, Injectable } from '@nestjs/common';
import { placeOf } from '../projection/checkpoint';
import { TableCheckpoints } from '../projection/table-checkpoints';

/** Mostly it is milliseconds away; while routing is down, as long as that takes. */
const soonMs = 20;
const latestMs = 1_000;
/** Half a minute or so. */
const looksBetweenWarnings = 40;

/** Whether an event of the log has come into the audit trail, and stands in its place there. */
@Injectable()
export class EntryArrival {
  private tablesReach = '';

  constructor(
    private readonly database: Postgres,
    private readonly checkpoints: TableCheckpoints,
    @Inject(LOGGER) private readonly logger: Log,
  ) {}

  /** Resolves once the event has its entry, or `signal` aborts. Throws `Unavailable`. */
  async of(place: EventPlace, signal: AbortSignal): Promise<void> {
    for (let looks = 1; !signal.aborted && !(await this.isThere(place)); looks += 1) {
      if (looks % looksBetweenWarnings === 0) {
        this.logger.warn({ eventId: place.id }, 'the audit trail waits for an event that should have come');
      }
      const pauseMs = backoffMs(looks, soonMs, latestMs);
      await pauseFor(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private isThere(place: EventPlace): Promise<boolean> {
    const published = eventStreams.publishedWholePrefixes.some((prefix) => place.streamId.startsWith(prefix));
    return published ? this.wasTold(place) : this.wasFollowed(place);
  }

  /** Another context's event: its entry came with the public event, place and all. */
  private async wasTold({ id }: EventPlace): Promise<boolean> {
    const found = await this.database.run((sql) =>
      rowsOf(sql, 'SELECT FROM audit_entries WHERE event_id = $1', [id]),
    );
    return found.length > 0;
  }

  /** Tenancy's own: a command may have written its entry nearby, who follows the log puts it in its place. */
  private async wasFollowed(event: EventPlace): Promise<boolean> {
    const place = placeOf(event);
    if (place > this.tablesReach) this.tablesReach = (await this.checkpoints.of('tables').read()) ?? '';
    return place <= this.tablesReach;
  }
}
