import { eventStreams } from '@claw/contracts';
import { EventLog, EventPlaces, EventStore, type LoggedEvent } from '@claw/event-store';
import { LeaseManager, type Log } from '@claw/messaging';
import { LOGGER } from '@claw/observability';
import { agencyStatus, type TenancyEvent } from '@claw/tenancy-domain';
import { Inject, Injectable } from '@nestjs/common';
import { AccessBucket } from '../access/access-bucket';
import { changedSince } from '../access/access-entries';
import { AgencyActivation } from '../agencies/register-agency/agency-activation';
import { auditRecordOf } from '../audit/audit-record';
import { EntryArrival } from '../audit/entry-arrival';
import { TENANCY_CONFIG, type TenancyConfig } from '../config';
import { Aggregates } from '../log/aggregates';
import { tenancyCodec } from '../log/tenancy-codec';
import { QueryTables } from '../tables/query-tables';
import { BucketCheckpoint } from './bucket-checkpoint';
import { LogFollower } from './log-follower';
import { accessOf, isOfNumber, isOfSubaccount, type Projected } from './projected';
import { SettledEvents } from './settled-events';
import { TableCheckpoints } from './table-checkpoints';

type Logged = LoggedEvent<TenancyEvent>;

/**
 * Those that follow the log, apart so that none waits for what only another needs: `access` goes on without Postgres,
 * the tables without NATS' buckets. The trail's writes nothing: it comes as far as every event stands in
 * the audit trail, also those that routing's public events tell of.
 */
@Injectable()
export class Followers {
  private readonly all: readonly { start(): void; stop(): Promise<void> }[];

  constructor(
    private readonly aggregates: Aggregates,
    private readonly access: AccessBucket,
    private readonly tables: QueryTables,
    private readonly settled: SettledEvents,
    private readonly activation: AgencyActivation,
    @Inject(LOGGER) private readonly logger: Log,
    @Inject(TENANCY_CONFIG) config: TenancyConfig,
    store: EventStore,
    leases: LeaseManager,
    bucketCheckpoint: BucketCheckpoint,
    tableCheckpoints: TableCheckpoints,
    arrival: EntryArrival,
  ) {
    const shared = { instance: config.INSTANCE, leases, logger };
    const own = { log: new EventLog(store, tenancyCodec), prefixes: eventStreams.tenancyPrefixes };
    // Readers of the whole trail wait for these.
    const awaited = { checkpointEveryMs: 100 };
    this.all = [
      new LogFollower({
        ...shared,
        ...own,
        name: 'tenancy.access',
        checkpoint: bucketCheckpoint,
        checkpointEveryMs: 1_000,
        handle: (event) => this.writeAccess(event),
      }),
      new LogFollower({
        ...shared,
        ...own,
        ...awaited,
        name: 'tenancy.tables',
        checkpoint: tableCheckpoints.of('tables'),
        handle: (event) => this.writeTables(event),
      }),
      new LogFollower({
        ...shared,
        ...awaited,
        name: 'tenancy.trail',
        log: new EventPlaces(store),
        prefixes: [...eventStreams.tenancyPrefixes, ...eventStreams.publishedWholePrefixes],
        checkpoint: tableCheckpoints.of('trail'),
        handle: (place, signal) => arrival.of(place, signal),
      }),
    ];
  }

  start(): void {
    for (const follower of this.all) follower.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.all.map((follower) => follower.stop()));
  }

  private async writeAccess(logged: Logged): Promise<void> {
    if (this.settled.has(logged.id)) return;
    const projected = await this.load(logged);
    await this.access.write(changedSince(accessOf(projected), Number(logged.revision)));
  }

  private async writeTables(logged: Logged): Promise<void> {
    if (!this.settled.has(logged.id)) {
      const { id, event, revision, position, metadata } = logged;
      const record = auditRecordOf({ id, event, revision, position, metadata });
      await this.tables.writeFromLog(await this.load(logged), [record]);
    }
    if (logged.event.type === 'AgencyRegistered') await this.finishRegistration(logged);
  }

  /** An agency that needs no card, and whose registration died before its activation. */
  private async finishRegistration({ aggregateId, id, metadata }: Logged): Promise<void> {
    const agency = await this.aggregates.agency(aggregateId);
    if (!agency || agency.cardRequired || agencyStatus(agency) !== 'pending') return;
    const cause = { actor: platform, requestId: metadata.requestId, causationId: id };
    if (await this.activation.complete(aggregateId, cause)) return;
    this.logger.warn({ agencyId: aggregateId }, 'an agency waits for a sending number');
  }

  /** As it is now, which may be newer than the event: what is written is guarded by the revision. */
  private async load({ event, aggregateId, streamId }: Logged): Promise<Projected> {
    if (isOfSubaccount(event)) {
      const state = await this.aggregates.subaccount(aggregateId);
      if (state) return { kind: 'subaccount', state };
    } else if (isOfNumber(event)) {
      const { state } = await this.aggregates.numbers.load(streamId);
      if (state) return { kind: 'number', state };
    } else {
      const state = await this.aggregates.agency(aggregateId);
      if (state) return { kind: 'agency', state };
    }
    throw new Error(`${streamId} has an event but no events`);
  }
}

const platform = { kind: 'system', id: 'tenancy' } as const;
