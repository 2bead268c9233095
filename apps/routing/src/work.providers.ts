import { EventStore } from '@claw/event-store';
import type { Clock } from '@claw/kernel';
import { LeaseManager, type Log, NatsLink } from '@claw/messaging';
import { LOGGER } from '@claw/observability';
import type { Provider } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { AccessDirectory } from './access/access-directory';
import { Backfill } from './backfill/backfill';
import { BackfillCheckpoints } from './backfill/backfill-checkpoints';
import { CarrierHistory } from './backfill/carrier-history';
import { CLOCK } from './clock';
import type { RoutingConfig } from './config';
import { Consents } from './consent/consents';
import { Carrier } from './dispatch/carrier';
import { ChatDirectory } from './dispatch/chat-directory';
import { MessageDispatch } from './dispatch/dispatch-message';
import { ReactionDispatch } from './dispatch/dispatch-reaction';
import { Dispatcher } from './dispatch/dispatcher';
import { DoubtfulMessages } from './dispatch/doubtful-messages';
import { EntryReplay } from './dispatch/entry-replay';
import { IntakeProgress } from './dispatch/intake-progress';
import { Membership } from './dispatch/membership';
import { NumberGates } from './dispatch/number-gates';
import { PartitionIntake } from './dispatch/partition-intake';
import { PreSendLookup } from './dispatch/pre-send-facts';
import { DeliveryReports } from './feed/delivery-reports';
import { LiveSignals } from './feed/live-signals';
import { Followers } from './follow-log/followers';
import { NoticeConsumer } from './inbound/notice.consumer';
import { NoticeHandler } from './inbound/notice.handler';
import { NoticeIntake } from './inbound/notice-intake';
import { CarrierRecord } from './ledger/carrier-record';
import { CustomerReactions } from './ledger/customer-reactions';
import { OutboundLedger } from './ledger/outbound-ledger';
import { PartitionTable } from './ledger/partition-table';
import { ReactionLedger } from './ledger/reaction-ledger';
import { PhoneRoutes } from './phone-routes/phone-routes';
import { ReleaseOfClosedConsumer } from './phone-routes/release-of-closed/release-of-closed.consumer';
import { RouteTable } from './phone-routes/route-table';
import { RouteEventsPublisher } from './public-events/route-events.publisher';
import { CarrierWebhook } from './webhooks/carrier-webhook';

/** How often the living replicas are counted: a dead one's partitions are taken over within its lease and this. */
const lookMs = 1_000;
const requestsPerNumber = 16;

/** What works by itself, beside the calls that are answered. */
export const workProviders = ({
  INSTANCE: instance,
  BACKFILL_EVERY_MS: everyMs,
}: RoutingConfig): Provider[] => [
  {
    provide: CarrierWebhook,
    inject: [Webhook, NoticeIntake, LOGGER],
    useFactory: (verifier: Webhook, intake: NoticeIntake, log: Log) =>
      new CarrierWebhook(verifier, intake, log),
  },
  {
    provide: EntryReplay,
    inject: [NatsLink, LOGGER],
    useFactory: (nats: NatsLink, log: Log) => new EntryReplay(nats, log),
  },
  {
    provide: NoticeConsumer,
    inject: [NatsLink, NoticeHandler, LOGGER],
    useFactory: (nats: NatsLink, handler: NoticeHandler, log: Log) => new NoticeConsumer(nats, handler, log),
  },
  {
    provide: Backfill,
    inject: [
      NatsLink,
      LeaseManager,
      AccessDirectory,
      CarrierHistory,
      CarrierRecord,
      CustomerReactions,
      NoticeIntake,
      CLOCK,
      LOGGER,
    ],
    useFactory: (
      nats: NatsLink,
      leases: LeaseManager,
      access: AccessDirectory,
      history: CarrierHistory,
      record: CarrierRecord,
      reactions: CustomerReactions,
      intake: NoticeIntake,
      clock: Clock,
      log: Log,
    ) => {
      const checkpoints = new BackfillCheckpoints(nats);
      return new Backfill({
        leases,
        access,
        history,
        record,
        reactions,
        intake,
        checkpoints,
        clock,
        log,
        instance,
        everyMs,
      });
    },
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
  { provide: NumberGates, useFactory: () => new NumberGates(requestsPerNumber) },
  {
    provide: DoubtfulMessages,
    inject: [Carrier, OutboundLedger],
    useFactory: (carrier: Carrier, ledger: OutboundLedger) => new DoubtfulMessages(carrier, ledger),
  },
  {
    provide: MessageDispatch,
    inject: [
      OutboundLedger,
      PreSendLookup,
      DoubtfulMessages,
      Carrier,
      ChatDirectory,
      DeliveryReports,
      NumberGates,
      CLOCK,
    ],
    useFactory: (
      ledger: OutboundLedger,
      lookup: PreSendLookup,
      doubts: DoubtfulMessages,
      carrier: Carrier,
      chats: ChatDirectory,
      reports: DeliveryReports,
      gates: NumberGates,
      clock: Clock,
    ) =>
      new MessageDispatch({
        ledger,
        lookup,
        doubts,
        carrier,
        chats,
        reports,
        gates,
        clock,
        random: Math.random,
      }),
  },
  {
    provide: ReactionDispatch,
    inject: [ReactionLedger, IntakeProgress, PreSendLookup, Carrier, LiveSignals, NumberGates, CLOCK],
    useFactory: (
      ledger: ReactionLedger,
      progress: IntakeProgress,
      lookup: PreSendLookup,
      carrier: Carrier,
      signals: LiveSignals,
      gates: NumberGates,
      clock: Clock,
    ) =>
      new ReactionDispatch({
        ledger,
        progress,
        lookup,
        carrier,
        signals,
        gates,
        clock,
        random: Math.random,
      }),
  },
  {
    provide: Dispatcher,
    inject: [
      LeaseManager,
      PartitionTable,
      PartitionIntake,
      OutboundLedger,
      ReactionLedger,
      MessageDispatch,
      ReactionDispatch,
      LOGGER,
    ],
    useFactory: (
      leases: LeaseManager,
      table: PartitionTable,
      intake: PartitionIntake,
      messageLedger: OutboundLedger,
      reactionLedger: ReactionLedger,
      messages: MessageDispatch,
      reactions: ReactionDispatch,
      log: Log,
    ) =>
      new Dispatcher(new Membership(leases), table, {
        instance,
        lookMs,
        workers: { intake, messageLedger, reactionLedger, messages, reactions, log },
        log,
      }),
  },
];
