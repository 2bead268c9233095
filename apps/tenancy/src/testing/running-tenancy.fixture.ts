import type { Actor, CallResult, ServiceCall } from '@claw/contracts';
import { tenancyCalls as calls } from '@claw/contracts';
import { loadConfig } from '@claw/config';
import { AccessDirectory } from '../access/access-directory';
import { newId } from '@claw/kernel';
import { NatsLink, ServiceClient } from '@claw/messaging';
import { createLogger } from '@claw/observability';
import { ServiceApp } from '@claw/service';
import { eventually, freePort } from '@claw/testing';
import { answerCalls } from '../answer-calls';
import { AppModule } from '../app.module';
import { tenancyConfig } from '../config';

export interface Servers {
  readonly nats: { readonly url: string };
  readonly postgres: { readonly url: string };
  readonly eventStore: { readonly url: string };
}

const operator: Actor = { kind: 'operator', id: 'operator' };

/** The whole service in this process, against real servers, asked over NATS as other services ask it. */
export class RunningTenancy {
  private constructor(
    private readonly service: ServiceApp,
    private readonly url: string,
  ) {}

  static async start(servers: Servers, instance = 'tenancy-1'): Promise<RunningTenancy> {
    const config = loadConfig(tenancyConfig, {
      INSTANCE: instance,
      HTTP_PORT: String(await freePort()),
      NATS_URL: servers.nats.url,
      POSTGRES_URL: servers.postgres.url,
      EVENTSTORE_URL: servers.eventStore.url,
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'silent',
    });
    const logger = createLogger({ service: 'tenancy', instance, level: config.LOG_LEVEL });
    const service = await ServiceApp.create(AppModule.with(config, logger), {
      service: 'tenancy',
      config,
      logger,
    });
    await answerCalls(service.app);
    return new RunningTenancy(service, await service.listen());
  }

  /** Resolves once every part is there. */
  async ready(): Promise<this> {
    await eventually(
      async () => {
        const answer = await fetch(`${this.url}/health/ready`);
        if (!answer.ok) throw new Error(await answer.text());
      },
      { withinMs: 30_000 },
    );
    return this;
  }

  get nats(): NatsLink {
    return this.service.app.get(NatsLink);
  }

  get directory(): AccessDirectory {
    return this.service.app.get(AccessDirectory);
  }

  ask<Request, Reply>(
    call: ServiceCall<Request, Reply>,
    request: NoInfer<Request>,
    actor: Actor = operator,
  ): Promise<CallResult<Reply>> {
    const context = { actor, requestId: newId() };
    return new ServiceClient(this.nats).call(call, request, context, { timeoutMs: 10_000 });
  }

  /** The value; throws where the call was refused. */
  async got<Request, Reply>(
    call: ServiceCall<Request, Reply>,
    request: NoInfer<Request>,
    actor: Actor = operator,
  ): Promise<Reply> {
    const result = await this.ask(call, request, actor);
    if (!result.ok) throw new Error(`${call.subject} refused: ${result.error.code} ${result.error.detail}`);
    return result.value;
  }

  /** A new active agency with a sending number that no other test has. */
  async agency(name = 'Acme') {
    const digits = Array.from({ length: 7 }, () => Math.floor(Math.random() * 10)).join('');
    await this.got(calls.addSendingNumbers, {
      phoneNumbers: calls.addSendingNumbers.request.shape.phoneNumbers.parse([`+1555${digits}`]),
    });
    const made = await this.got(calls.registerAgency, { name, email: 'founder@acme.com' });
    return {
      ...made.agency,
      apiKey: made.apiKey,
      actor: { kind: 'agency', id: made.agency.agencyId } as const,
    };
  }

  /** What is asked for a subaccount, but for what the test is about. */
  wish(
    agencyId: string,
    more: { externalId?: string | null; name?: string; subaccountCap?: number; idempotencyKey?: string } = {},
  ) {
    return {
      agencyId,
      name: 'Sub',
      email: null,
      externalId: null,
      messageLimit: 1_000,
      subaccountCap: 1_000,
      ...more,
    };
  }

  async stop(): Promise<void> {
    await this.service.stop();
  }
}
