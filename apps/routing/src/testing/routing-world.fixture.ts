import { randomUUID } from 'node:crypto';
import {
  type AutomaticReply,
  type CallResult,
  type ClaimOutcome,
  directChatId,
  digitsOf,
  type FeedEntry,
  feedEntrySchema,
  groupChatId,
  type LiveSignal,
  liveSignalSchema,
  type OutboundEntry,
  type OutboundMessage,
  type OutboundReaction,
  type PhoneNumber,
  routingCalls,
  streams,
  subjects,
} from '@claw/contracts';
import { loadConfig } from '@claw/config';
import { instant } from '@claw/kernel';
import { connectNats, JetStreamPublisher, NatsLink, ServiceClient } from '@claw/messaging';
import { createLogger } from '@claw/observability';
import { ServiceApp } from '@claw/service';
import { eventually, freePort, withEventStore, withNats, withPostgres } from '@claw/testing';
import { answerCalls } from '../answer-calls';
import { AppModule } from '../app.module';
import { routingConfig } from '../config';
import { RouteDirectory } from '../phone-routes/route-directory';
import { serveCarrierWebhook } from '../webhooks/carrier-webhook.route';
import { carrierApiKey, carrierSecret, CarrierSimulator } from './carrier-simulator.fixture';
import { Child } from './child.fixture';
import { randomNumber, type TestAgency, Tenants, type TestSubaccount } from './tenants.fixture';

export const system = { actor: { kind: 'system', id: 'test' }, requestId: 'test' } as const;

/** Real servers, the carrier's simulator, and the service in this process or in one of its own. */
export class RoutingWorld {
  readonly nats = withNats();
  readonly postgres = withPostgres();
  readonly eventStore = withEventStore();
  port = 0;
  carrier!: CarrierSimulator;
  link!: NatsLink;
  tenants!: Tenants;
  private readonly apps = new Set<ServiceApp>();

  /** @param settings of the service, over what is set for tests */
  constructor(private readonly settings: Readonly<Record<string, string>> = {}) {}

  env(instance: string, port: number): Record<string, string> {
    return {
      INSTANCE: instance,
      HTTP_PORT: String(port),
      NATS_URL: this.nats.url,
      EVENTSTORE_URL: this.eventStore.url,
      POSTGRES_URL: this.postgres.url,
      LINQ_API_V3_API_KEY: carrierApiKey,
      LINQ_API_V3_BASE_URL: this.carrier.url,
      LINQ_WEBHOOK_SECRET: carrierSecret,
      CARRIER_TIMEOUT_MS: '1000',
      BACKFILL_EVERY_MS: '3600000',
      ...this.settings,
      LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
    };
  }

  async open(): Promise<void> {
    this.port = await freePort();
    this.carrier = await CarrierSimulator.start(`http://127.0.0.1:${this.port}/webhooks/carrier`);
    this.link = connectNats({ url: this.nats.url, name: 'test' });
    await this.link.up(10_000);
    this.tenants = new Tenants(this.link);
  }

  async close(): Promise<void> {
    for (const app of this.apps) await this.stopApp(app);
    await this.link?.close(1_000);
    await this.carrier?.stop();
  }

  /** The service in this process. */
  async startApp(instance = 'routing-1', port = this.port): Promise<ServiceApp> {
    const config = loadConfig(routingConfig, this.env(instance, port));
    const logger = createLogger({ service: 'routing', instance, level: config.LOG_LEVEL });
    const started = await ServiceApp.create(AppModule.with(config, logger), {
      service: 'routing',
      config,
      logger,
    });
    this.apps.add(started);
    await serveCarrierWebhook(started.app);
    await answerCalls(started.app);
    await started.listen();
    await eventually(
      async () => expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200),
      {
        withinMs: 20_000,
      },
    );
    return started;
  }

  async stopApp(app: ServiceApp): Promise<void> {
    this.apps.delete(app);
    await app.stop();
  }

  /** The service in a process of its own. */
  startChild(instance = 'routing-1', port = this.port): Promise<Child> {
    const env = this.env(instance, port);
    return Child.start('apps/routing/src/main.js', env, `http://127.0.0.1:${port}/health/ready`);
  }

  async claim(
    { agencyId, subaccountId }: TestSubaccount,
    phoneNumbers: PhoneNumber[],
    routeCap = 1_000,
  ): Promise<ClaimOutcome[]> {
    const request = { agencyId, subaccountId, phoneNumbers, routeCap };
    return value(
      await new ServiceClient(this.link).call(routingCalls.claimRoutes, request, system, {
        timeoutMs: 30_000,
      }),
    ).outcomes;
  }

  /** Publishes an accepted message as the gateway does; answers its id. */
  async accept(
    sender: TestSubaccount,
    to: PhoneNumber,
    text: string,
    change: Partial<OutboundMessage> = {},
  ): Promise<string> {
    const route = await new RouteDirectory(this.link).get(digitsOf(to));
    const claimRevision = change.claimRevision ?? route?.claimRevision ?? 0;
    const message: OutboundMessage = {
      kind: 'message',
      messageId: randomUUID(),
      chatId: directChatId(sender.subaccountId, to, claimRevision),
      agencyId: sender.agencyId,
      subaccountId: sender.subaccountId,
      clientId: `client of ${text}`,
      from: sender.sendingNumber,
      to: [to],
      claimRevision,
      parts: [{ type: 'text', value: text }],
      service: null,
      effect: null,
      replyTo: null,
      acceptedAt: instant(Date.now()),
      ...change,
    };
    await this.publish(subjects.outbound(message.chatId, message.subaccountId), message, message.messageId);
    return message.messageId;
  }

  /** As {@link accept}, for a group; answers the message's and the chat's ids. */
  async acceptInGroup(
    sender: TestSubaccount,
    to: readonly PhoneNumber[],
    text: string,
  ): Promise<{ readonly messageId: string; readonly chatId: string }> {
    const [first] = to;
    if (first === undefined) throw new Error('nobody is in the group');
    const chatId = groupChatId(sender.subaccountId, to);
    const group = { chatId, to: [...to], claimRevision: null };
    return { messageId: await this.accept(sender, first, text, group), chatId };
  }

  /** Publishes an accepted reaction as the gateway does. */
  async acceptReaction(
    sender: TestSubaccount,
    messageId: string,
    change: Partial<OutboundReaction> = {},
  ): Promise<void> {
    const reaction: OutboundReaction = {
      kind: 'reaction',
      reactionId: randomUUID(),
      agencyId: sender.agencyId,
      subaccountId: sender.subaccountId,
      clientId: 'reaction',
      messageId,
      reactionType: 'love',
      remove: false,
      acceptedAt: instant(Date.now()),
      ...change,
    };
    await this.publish(subjects.outbound(messageId, sender.subaccountId), reaction, reaction.reactionId);
  }

  /** Publishes an automatic reply as the handling of STOP and its kind does; answers its id. */
  async acceptReply({ agencyId, sendingNumber }: TestAgency, to: PhoneNumber, text: string): Promise<string> {
    const reply: AutomaticReply = {
      kind: 'automatic',
      messageId: randomUUID(),
      chatId: randomUUID(),
      agencyId,
      answers: 'help',
      from: sendingNumber,
      to: [to],
      text,
      acceptedAt: instant(Date.now()),
    };
    await this.publish(subjects.outboundAutomatic(reply.chatId), reply, reply.messageId);
    return reply.messageId;
  }

  private async publish(subject: string, entry: OutboundEntry, msgId: string): Promise<void> {
    await new JetStreamPublisher(this.link).publish(subject, entry, { msgId });
  }

  /** What an agent is told that is kept nowhere, from now on. */
  async signals({ subaccountId }: TestSubaccount): Promise<readonly LiveSignal[]> {
    const heard: LiveSignal[] = [];
    const { connection } = this.link.now();
    connection.subscribe(subjects.live(subaccountId), {
      callback: (_, message) => {
        // Entries of its feed come here, too.
        if (message.headers === undefined) heard.push(liveSignalSchema.parse(message.json()));
      },
    });
    await connection.flush();
    return heard;
  }

  /** Lets go of a number of a subaccount's. */
  async release({ agencyId, subaccountId }: TestSubaccount, phoneNumber: PhoneNumber): Promise<void> {
    const request = { agencyId, subaccountId, phoneNumber };
    value(await new ServiceClient(this.link).call(routingCalls.releaseRoute, request, system));
  }

  /** A subaccount with a number. */
  async sender(agency?: TestAgency): Promise<{ subaccount: TestSubaccount; phone: PhoneNumber }> {
    const subaccount = await this.tenants.subaccount(agency);
    const phone = randomNumber();
    await this.claim(subaccount, [phone]);
    return { subaccount, phone };
  }

  /** Everything in a subaccount's feed, in order. */
  async feed({ subaccountId }: TestSubaccount): Promise<readonly FeedEntry[]> {
    const stored = await this.stored(streams.feed.name, subjects.feed(subaccountId));
    return stored.map((entry) => feedEntrySchema.parse(entry));
  }

  /** Everything that a stream holds under a subject, wildcards allowed, in order. */
  async stored(stream: string, subject: string): Promise<readonly unknown[]> {
    const { connection } = this.link.now();
    const consumer = await connection.jetstream().consumers.get(stream, { filterSubjects: subject });
    const manager = await this.link.manager();
    const info = await manager.streams.info(stream, { subjects_filter: subject });
    const count = Object.values(info.state.subjects ?? {}).reduce((sum, each) => sum + each, 0);
    if (count === 0) return [];
    const entries: unknown[] = [];
    for await (const message of await consumer.fetch({ max_messages: count, expires: 5_000 })) {
      entries.push(message.json());
      if (entries.length === count) break;
    }
    return entries;
  }

  /** The states of one message that its agent was told, in order. */
  async statesOf(sender: TestSubaccount, messageId: string): Promise<readonly string[]> {
    return (await this.feed(sender)).flatMap((entry) =>
      entry.type === 'status' && entry.messageId === messageId ? [entry.status] : [],
    );
  }
}

export const value = <Value>(result: CallResult<Value>): Value => {
  if (!result.ok) throw new Error(`refused: ${result.error.code}`);
  return result.value;
};
