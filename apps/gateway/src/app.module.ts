import { HealthModule } from '@claw/health';
import { MessagingModule, NatsLink, natsReady } from '@claw/messaging';
import { type BeforeApplicationShutdown, type DynamicModule, Inject, Module } from '@nestjs/common';
import type { Logger } from 'pino';
import type { NowMs } from './clock';
import type { GatewayConfig } from './config';
import { Gateway } from './gateway';
import { GatewayController } from './gateway.controller';
import { defaultTimings, type Timings } from './timings';

/** The gateway service: the agents' sockets, and the acceptance of every message. */
@Module({})
export class AppModule implements BeforeApplicationShutdown {
  static with(
    config: GatewayConfig,
    logger: Logger,
    timings: Timings = defaultTimings,
    nowMs: NowMs = Date.now,
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        MessagingModule.forRoot(config, logger),
        PartsModule.with(config, logger, timings, nowMs),
        healthModule(),
      ],
      controllers: [GatewayController],
    };
  }

  constructor(@Inject(Gateway) private readonly gateway: Gateway) {}

  beforeApplicationShutdown(): Promise<void> {
    return this.gateway.stop();
  }
}

@Module({})
class PartsModule {
  static with(config: GatewayConfig, logger: Logger, timings: Timings, nowMs: NowMs): DynamicModule {
    return {
      module: PartsModule,
      global: true,
      providers: [
        {
          provide: Gateway,
          inject: [NatsLink],
          useFactory: (nats: NatsLink) => new Gateway(config, nats, logger, timings, nowMs),
        },
      ],
      exports: [Gateway],
    };
  }
}

const healthModule = (): DynamicModule =>
  HealthModule.forRoot({
    inject: [NatsLink, Gateway],
    useFactory: (nats: NatsLink, gateway: Gateway) => [
      { name: 'nats', check: () => natsReady(nats) },
      { name: 'projections', check: () => complete(gateway.projections.missing) },
      { name: 'lease', check: () => held(gateway.lease.held()) },
    ],
  });

const complete = (missing: readonly string[]): Promise<void> =>
  missing.length === 0 ? Promise.resolve() : Promise.reject(new Error(`not read yet: ${missing.join(', ')}`));

const held = (isHeld: boolean): Promise<void> =>
  isHeld ? Promise.resolve() : Promise.reject(new Error('not held'));
