import { EventStore } from '@claw/event-store';
import { HealthModule } from '@claw/health';
import { MessagingModule, NatsLink, natsReady } from '@claw/messaging';
import { type DynamicModule, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import { BackgroundWork } from './background-work';
import type { RoutingConfig } from './config';
import { Consents } from './consent/consents';
import { KeywordMessages } from './consent/keyword-messages';
import { RebuildOptoutsHandler } from './consent/rebuild-optouts/rebuild-optouts.handler';
import { Database } from './database/database';
import { IntakeProgress } from './dispatch/intake-progress';
import { PartitionIntake } from './dispatch/partition-intake';
import { PreSendLookup } from './dispatch/pre-send-facts';
import { DeliveryReports } from './feed/delivery-reports';
import { Feed } from './feed/feed';
import { LiveSignals } from './feed/live-signals';
import { ListMessagesHandler } from './list-messages/list-messages.handler';
import { GiveSignalHandler } from './give-signal/give-signal.handler';
import { GroupChats } from './inbound/group-chats';
import { MessageOwner } from './inbound/message-owner';
import { NoticeHandler } from './inbound/notice.handler';
import { NoticeIntake } from './inbound/notice-intake';
import { ReceiveMessage } from './inbound/receive-message';
import { ReceiveReaction } from './inbound/receive-reaction';
import { ReceiveTyping } from './inbound/receive-typing';
import { ReportDelivery } from './inbound/report-delivery';
import { CarrierRecord } from './ledger/carrier-record';
import { CustomerReactions } from './ledger/customer-reactions';
import { DeliveryLedger } from './ledger/delivery-ledger';
import { DirectChats } from './ledger/direct-chats';
import { GroupTable } from './ledger/group-table';
import { InboundLedger } from './ledger/inbound-ledger';
import { KnownMessages } from './ledger/known-messages';
import { OutboundIntake } from './ledger/outbound-intake';
import { OutboundLedger } from './ledger/outbound-ledger';
import { PartitionTable } from './ledger/partition-table';
import { ReactionLedger } from './ledger/reaction-ledger';
import { UsageQuery } from './ledger/usage.query';
import { ClaimRoutesHandler } from './phone-routes/claim-routes/claim-routes.handler';
import { ListRoutesHandler } from './phone-routes/list-routes/list-routes.handler';
import { PhoneRoutes } from './phone-routes/phone-routes';
import { RebuildRoutesHandler } from './phone-routes/rebuild-routes/rebuild-routes.handler';
import { ReleaseRouteHandler } from './phone-routes/release-route/release-route.handler';
import { RouteProjection } from './phone-routes/route-projection';
import { RouteTable } from './phone-routes/route-table';
import { platformProviders } from './platform.providers';
import { RoutingController } from './routing.controller';
import { workProviders } from './work.providers';

/** The routing service: phone routes, the way of messages out and in, and the ledger of both. */
@Module({})
export class AppModule {
  static with(config: RoutingConfig, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [MessagingModule.forRoot(config, logger), PartsModule.with(config), healthModule()],
      controllers: [RoutingController],
      providers: [
        ClaimRoutesHandler,
        ReleaseRouteHandler,
        ListRoutesHandler,
        RebuildRoutesHandler,
        RebuildOptoutsHandler,
        Consents,
        KeywordMessages,
        GiveSignalHandler,
        ListMessagesHandler,
        PhoneRoutes,
        RouteProjection,
        RouteTable,
        OutboundIntake,
        OutboundLedger,
        ReactionLedger,
        InboundLedger,
        DeliveryLedger,
        KnownMessages,
        GroupTable,
        PartitionTable,
        UsageQuery,
        PartitionIntake,
        IntakeProgress,
        PreSendLookup,
        Feed,
        LiveSignals,
        DeliveryReports,
        MessageOwner,
        GroupChats,
        ReceiveMessage,
        ReceiveReaction,
        ReceiveTyping,
        DirectChats,
        ReportDelivery,
        NoticeHandler,
        NoticeIntake,
        CarrierRecord,
        CustomerReactions,
        ...workProviders(config),
        BackgroundWork,
      ],
    };
  }
}

@Module({})
class PartsModule {
  static with(config: RoutingConfig): DynamicModule {
    const providers = platformProviders(config);
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
    inject: [NatsLink, Database, EventStore],
    useFactory: (nats: NatsLink, database: Database, store: EventStore) => [
      { name: 'nats', check: () => natsReady(nats) },
      { name: 'postgres', check: () => database.postgres.ping() },
      { name: 'eventstore', check: () => store.ping(1_000) },
    ],
  });
