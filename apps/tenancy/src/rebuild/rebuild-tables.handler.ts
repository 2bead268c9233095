import { EventLog, EventStore } from '@claw/event-store';
import type { Rebuilt } from '@claw/messaging';
import { Postgres } from '@claw/postgres';
import type { TenancyEvent } from '@claw/tenancy-domain';
import { Injectable } from '@nestjs/common';
import { type AuditRecord, auditRecordOf } from '../audit/audit-record';
import { tenancyCodec } from '../log/tenancy-codec';
import type { Projected } from '../projection/projected';
import { foldLog } from './fold-log';
import { TableRebuild } from './table-rebuild';

const trailBatch = 500;

/** Makes the query tables what the log says, while they are read and written. */
@Injectable()
export class RebuildTablesHandler {
  private readonly log: EventLog<TenancyEvent>;

  constructor(
    private readonly database: Postgres,
    store: EventStore,
  ) {
    this.log = new EventLog(store, tenancyCodec);
  }

  /** Throws `Unavailable`; begun again it goes on where it matters. */
  async handle(): Promise<Rebuilt> {
    const rebuild = await TableRebuild.begin(this.database);
    const known = new Set<string>();
    let batch: AuditRecord[] = [];
    const states = await foldLog(this.log, async ({ id, event, revision, position, metadata }) => {
      known.add(id);
      batch.push(auditRecordOf({ id, event, revision, position, metadata }));
      if (batch.length < trailBatch) return;
      await rebuild.trail(batch);
      batch = [];
    });
    await rebuild.trail(batch);
    await rebuild.agencies(states.flatMap((each) => (each.kind === 'agency' ? [each.state] : [])));
    await rebuild.subaccounts(states.flatMap((each) => (each.kind === 'subaccount' ? [each.state] : [])));
    await rebuild.numbers(states.flatMap(numberIn));
    await rebuild.pruneTrail(known);
    return rebuild.outcome;
  }
}

const numberIn = (each: Projected) => (each.kind === 'number' ? [each.state] : []);
