import type { DynamicModule } from '@nestjs/common';
import { Global, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { NestLog } from './nest-log';

/** Injects the process's pino logger. */
export const LOGGER = Symbol('LOGGER');

/** Nest's own logger, nestjs-pino's `PinoLogger` and {@link LOGGER} on one pino logger. */
@Global()
@Module({})
export class LoggingModule {
  static forRoot(logger: Logger): DynamicModule {
    return {
      module: LoggingModule,
      imports: [
        // On no route: its middleware has Node follow every promise of the process from the first request on.
        LoggerModule.forRoot({ pinoHttp: { logger }, forRoutes: [] }),
      ],
      providers: [{ provide: LOGGER, useValue: logger }, NestLog],
      exports: [LOGGER, LoggerModule, NestLog],
    };
  }
}
