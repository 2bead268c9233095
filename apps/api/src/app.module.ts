import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { HealthModule } from '@claw/health';
import { systemClock } from '@claw/kernel';
import { MessagingModule, NatsLink, natsReady } from '@claw/messaging';
import type { Logger } from 'pino';
import { AgencyController } from './agency/agency.controller';
import { SubaccountRoutesController } from './agency/subaccount-routes.controller';
import { SubaccountsController } from './agency/subaccounts.controller';
import { UsageReport } from './agency/usage.report';
import { AgentRoutesController } from './agent/agent-routes.controller';
import { LedgerController } from './agent/ledger.controller';
import { MeController } from './agent/me.controller';
import { MessagesController } from './agent/messages.controller';
import { AccessBuckets } from './auth/access.buckets';
import { AccessGuard } from './auth/access.guard';
import { AccessReader } from './auth/access.reader';
import { API_CONFIG, type ApiConfig } from './config';
import { ProblemFilter } from './http/problem.filter';
import { Services } from './http/services';
import { ValidateInterceptor } from './http/validate.interceptor';
import { ReplayInterceptor } from './idempotency/replay.interceptor';
import { ReplayStore } from './idempotency/replay.store';
import { RateCounters } from './limits/rate.counters';
import { RateGuard } from './limits/rate.guard';
import { RateStore } from './limits/rate.store';
import { OperatorController } from './operator/operator.controller';
import { ReferenceAssetsController } from './reference/reference.assets';
import { ReferenceController } from './reference/reference.controller';
import { PhoneRoutes } from './routes/phone-routes';

/** The front door: who may call, what is asked, and which service answers. It owns no data. */
@Module({})
export class AppModule {
  static with(config: ApiConfig, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        MessagingModule.forRoot(config, logger),
        HealthModule.forRoot({
          inject: [NatsLink],
          useFactory: (nats: NatsLink) => [{ name: 'nats', check: () => natsReady(nats) }],
        }),
      ],
      controllers: [
        SubaccountsController,
        SubaccountRoutesController,
        AgencyController,
        AgentRoutesController,
        MessagesController,
        LedgerController,
        MeController,
        OperatorController,
        ReferenceAssetsController,
        ReferenceController,
      ],
      providers: [
        { provide: API_CONFIG, useValue: config },
        AccessBuckets,
        AccessReader,
        PhoneRoutes,
        ReplayStore,
        Services,
        UsageReport,
        {
          provide: RateCounters,
          inject: [NatsLink],
          useFactory: (nats: NatsLink) =>
            new RateCounters(new RateStore(nats, logger, systemClock), systemClock),
        },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AccessGuard },
        { provide: APP_GUARD, useClass: RateGuard },
        { provide: APP_INTERCEPTOR, useClass: ValidateInterceptor },
        { provide: APP_INTERCEPTOR, useClass: ReplayInterceptor },
      ],
    };
  }
}
