import { EventStore } from '@claw/event-store';
import type { Clock } from '@claw/kernel';
import { JetStreamPublisher, LeaseManager, type Log, NatsLink } from '@claw/messaging';
import { LOGGER } from '@claw/observability';
import type { Provider } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { CLOCK } from './clock';
import type { RoutingConfig } from './config';
import { Consents } from './consent/consents';
import { Carrier } from './dispatch/carrier';
import { ChatDirectory } from './dispatch/chat-directory';
import { MessageDispatch } from './dispatch/dispatch-message';
import { Dispatcher } from './dispatch/dispatcher';
import { Membership } from './dispatch/membership';
import { PartitionIntake } from './dispatch/partition-intake';
import { PreSendLookup } from './dispatch/pre-send-facts';
import { DeliveryReports } from './feed/delivery-reports';
import { Followers } from './follow-log/followers';
import { NoticeConsumer } from './inbound/notice.consumer';
import { NoticeHandler } from './inbound/notice.handler';
import { OutboundLedger } from './ledger/outbound-ledger';
import { PartitionTable } from './ledger/partition-table';
import { PhoneRoutes } from './phone-routes/phone-routes';
import { ReleaseOfClosedConsumer } from './phone-routes/release-of-closed/release-of-closed.consumer';
import { RouteTable } from './phone-routes/route-table';
import { RouteEventsPublisher } from './public-events/route-events.publisher';
import { CarrierWebhook } from './webhooks/carrier-webhook';

/** How often the living replicas are counted: a dead one's partitions are taken over within its lease and this. */
const lookMs = 1_000;
const requestsPerNumber = 16;

/** What works by itself, beside the calls that are answered. */
export const workProviders = ({ INSTANCE: instance }: RoutingConfig): Provider[] => [
  {
    provide: CarrierWebhook,
    inject: [Webhook, JetStreamPublisher, CLOCK, LOGGER],
    useFactory: (verifier: Webhook, publisher: JetStreamPublisher, clock: Clock, log: Log) =>
      new CarrierWebhook(verifier, publisher, clock, log),
  },
  {
    provide: NoticeConsumer,
    inject: [NatsLink, NoticeHandler, LOGGER],
    useFactory: (nats: NatsLink, handler: NoticeHandler, log: Log) => new NoticeConsumer(nats, handler, log),
  },
  {
    provide: Followers,
    inject: [NatsLink, LeaseManager, EventStore, PhoneRoutes, Consents, LOGGER],
    useFactory: (
      nats: NatsLink,
      leases: LeaseManager,
      store: EventStore,
      routes: PhoneRoutes,
      consents: Consents,
      log: Log,
    ) => new Followers({ nats, leases, store, routes, consents, instance, log }),
  },
  {
    provide: RouteEventsPublisher,
    inject: [NatsLink, LeaseManager, EventStore, LOGGER],
    useFactory: (nats: NatsLink, leases: LeaseManager, store: EventStore, log: Log) =>
      new RouteEventsPublisher({ nats, leases, store, instance, log }),
  },
  {
    provide: ReleaseOfClosedConsumer,
    inject: [NatsLink, PhoneRoutes, RouteTable, CLOCK, LOGGER],
    useFactory: (nats: NatsLink, routes: PhoneRoutes, table: RouteTable, clock: Clock, log: Log) =>
      new ReleaseOfClosedConsumer({ nats, routes, table, clock, log }),
  },
  {
    provide: MessageDispatch,
    inject: [OutboundLedger, PreSendLookup, Carrier, ChatDirectory, DeliveryReports, CLOCK],
    useFactory: (
      ledger: OutboundLedger,
      lookup: PreSendLookup,
      carrier: Carrier,
      chats: ChatDirectory,
      reports: DeliveryReports,
      clock: Clock,
    ) =>
      new MessageDispatch({
        ledger,
        lookup,
        carrier,
        chats,
        reports,
        clock,
        random: Math.random,
        requestsPerNumber,
      }),
  },
  {
    provide: Dispatcher,
    inject: [LeaseManager, PartitionTable, PartitionIntake, OutboundLedger, MessageDispatch, LOGGER],
    useFactory: (
      leases: LeaseManager,
      table: PartitionTable,
      intake: PartitionIntake,
      ledger: OutboundLedger,
      dispatch: MessageDispatch,
      log: Log,
    ) =>
      new Dispatcher(new Membership(leases), table, {
        instance,
        lookMs,
        workers: { intake, ledger, dispatch, log },
        log,
      }),
  },
];
