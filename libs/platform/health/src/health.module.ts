import { Module } from '@nestjs/common';
import type { DynamicModule, FactoryProvider, ModuleMetadata } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Draining } from './draining';
import { READINESS_CHECKS } from './health-check';
import type { ReadinessCheck } from './health-check';
import { HealthController } from './health.controller';

export interface HealthOptions {
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  /** Gets what `inject` names. */
  readonly useFactory: FactoryProvider<readonly ReadinessCheck[]>['useFactory'];
}

/** Serves `/health/live` and `/health/ready`. */
@Module({})
export class HealthModule {
  /**
   * @example
   * HealthModule.forRoot({
   *   imports: [StoreModule],
   *   inject: [EventStore],
   *   useFactory: (store: EventStore) => [{ name: 'eventstore', check: () => store.ping(1_000) }],
   * })
   */
  static forRoot({ imports = [], inject = [], useFactory }: HealthOptions): DynamicModule {
    return {
      module: HealthModule,
      // A failing probe is the orchestrator's to act on; in the log it would only repeat itself.
      imports: [TerminusModule.forRoot({ logger: false }), ...imports],
      controllers: [HealthController],
      providers: [Draining, { provide: READINESS_CHECKS, inject, useFactory }],
      exports: [Draining],
    };
  }
}
