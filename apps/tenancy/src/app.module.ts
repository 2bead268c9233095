import { EventStore } from '@claw/event-store';
import { HealthModule } from '@claw/health';
import { MessagingModule, NatsLink, natsReady } from '@claw/messaging';
import { Postgres } from '@claw/postgres';
import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { AccessBucket } from './access/access-bucket';
import { AccessDirectory } from './access/access-directory';
import { AgencyStanding } from './access/agency-standing';
import { AgenciesController } from './agencies/agencies.controller';
import { ChangeAgencyHandler } from './agencies/change-agency/change-agency.handler';
import { AgencyQueries } from './agencies/list-agencies/agency.queries';
import { AgencyActivation } from './agencies/register-agency/agency-activation';
import { RegisterAgencyHandler } from './agencies/register-agency/register-agency.handler';
import { AuditController } from './audit/audit.controller';
import { AuditQueries } from './audit/audit.queries';
import { EntryArrival } from './audit/entry-arrival';
import { RouteEventsConsumer } from './audit/route-events.consumer';
import { BackgroundWork } from './background-work';
import type { TenancyConfig } from './config';
import { Aggregates } from './log/aggregates';
import { NumbersController } from './numbers/numbers.controller';
import { platformProviders } from './platform.providers';
import { BucketCheckpoint } from './projection/bucket-checkpoint';
import { Followers } from './projection/followers';
import { Projector } from './projection/projector';
import { SettledEvents } from './projection/settled-events';
import { TableCheckpoints } from './projection/table-checkpoints';
import { EventsPublisher } from './publishing/events.publisher';
import { RebuildAccessHandler } from './rebuild/rebuild-access.handler';
import { RebuildTablesHandler } from './rebuild/rebuild-tables.handler';
import { RebuildController } from './rebuild/rebuild.controller';
import { ChangeSubaccountHandler } from './subaccounts/change-subaccount/change-subaccount.handler';
import { SubaccountQueries } from './subaccounts/list-subaccounts/subaccount.queries';
import { ProvisionSubaccountHandler } from './subaccounts/provision-subaccount/provision-subaccount.handler';
import { SubaccountsController } from './subaccounts/subaccounts.controller';
import { NumberPool } from './tables/number-pool';
import { FreeNumbers } from './agencies/register-agency/free-numbers';
import { QueryTables } from './tables/query-tables';

const projections = [
  AccessBucket,
  AccessDirectory,
  AgencyStanding,
  QueryTables,
  NumberPool,
  FreeNumbers,
  SettledEvents,
  Projector,
  BucketCheckpoint,
  TableCheckpoints,
  EntryArrival,
];
const handlers = [
  AgencyActivation,
  RegisterAgencyHandler,
  ChangeAgencyHandler,
  AgencyQueries,
  ProvisionSubaccountHandler,
  ChangeSubaccountHandler,
  SubaccountQueries,
  AuditQueries,
  RebuildAccessHandler,
  RebuildTablesHandler,
];

/** The tenancy service: agencies, their subaccounts, the API keys of both, and the sending numbers. */
@Module({})
export class AppModule {
  static with(config: TenancyConfig, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [MessagingModule.forRoot(config, logger), PartsModule.with(config), healthModule()],
      controllers: [
        AgenciesController,
        SubaccountsController,
        NumbersController,
        AuditController,
        RebuildController,
      ],
      providers: [...handlers, Followers, EventsPublisher, RouteEventsConsumer, BackgroundWork],
    };
  }
}

/** What the service's own parts and its health are made of. */
@Module({})
class PartsModule {
  static with(config: TenancyConfig): DynamicModule {
    const providers = [...platformProviders(config), Aggregates, ...projections];
    return {
      module: PartsModule,
      global: true,
      providers,
      exports: providers.map((provider) => ('provide' in provider ? provider.provide : provider)),
    };
  }
}

const healthModule = (): DynamicModule =>
  HealthModule.forRoot({
    inject: [NatsLink, Postgres, EventStore, AccessDirectory],
    useFactory: (nats: NatsLink, database: Postgres, store: EventStore, directory: AccessDirectory) => [
      { name: 'nats', check: () => natsReady(nats) },
      { name: 'postgres', check: () => database.ping() },
      { name: 'eventstore', check: () => store.ping(1_000) },
      { name: 'access', check: async () => directory.assertReady() },
    ],
  });
