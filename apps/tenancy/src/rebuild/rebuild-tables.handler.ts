import { streams } from '@claw/contracts';
import { EventLog, EventStore } from '@claw/event-store';
import { NatsLink, readRange, type Rebuilt } from '@claw/messaging';
import { Postgres } from '@claw/postgres';
import type { TenancyEvent } from '@claw/tenancy-domain';
import { Injectable } from '@nestjs/common';
import { auditRecordOf, routeRecordOf } from '../audit/audit-record';
import { routeEventSchema } from '../audit/route-event';
import { tenancyCodec } from '../log/tenancy-codec';
import type { Projected } from '../projection/projected';
import { foldLog } from './fold-log';
import { TableRebuild } from './table-rebuild';

/**
 * Makes the query tables what the log says, and EVENTS_ROUTING about phone routes, while they are read and written.
 */
@Injectable()
export class RebuildTablesHandler {
  private readonly log: EventLog<TenancyEvent>;

  constructor(
    private readonly database: Postgres,
    private readonly nats: NatsLink,
    store: EventStore,
  ) {
    this.log = new EventLog(store, tenancyCodec);
  }

  /** Throws `Unavailable`; begun again it goes on where it matters. */
  async handle(): Promise<Rebuilt> {
    const rebuild = await TableRebuild.begin(this.database);
    const states = await foldLog(this.log, async ({ id, event, revision, position, metadata }) => {
      await rebuild.trail(auditRecordOf({ id, event, revision, position, metadata }));
    });
    await this.tellOfRoutes(rebuild);
    await rebuild.pruneTrail();
    await rebuild.agencies(states.flatMap((each) => (each.kind === 'agency' ? [each.state] : [])));
    await rebuild.subaccounts(states.flatMap((each) => (each.kind === 'subaccount' ? [each.state] : [])));
    await rebuild.numbers(states.flatMap(numberIn));
    return rebuild.outcome;
  }

  /** EVENTS_ROUTING forgets nothing. What of it isn't understood is in no trail, but in the dead letter. */
  private async tellOfRoutes(rebuild: TableRebuild): Promise<void> {
    const { name, subjects } = streams.eventsRouting;
    const whole = { stream: name, filter: subjects[0], from: { seq: 1 } };
    for await (const message of readRange(this.nats, whole)) {
      const told = routeEventSchema.safeParse(message.json());
      if (told.success) await rebuild.trail(routeRecordOf(told.data));
    }
  }
}

const numberIn = (each: Projected) => (each.kind === 'number' ? [each.state] : []);
