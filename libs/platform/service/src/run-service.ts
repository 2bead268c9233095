import type { ServiceConfig } from '@claw/config';
import { withDeadline } from '@claw/kernel';
import { createLogger } from '@claw/observability';
import type { DynamicModule, Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { ServiceApp } from './service-app';
import type { ServiceAppOptions } from './service-app';

export interface Service<Config extends ServiceConfig> extends Pick<
  ServiceAppOptions,
  'service' | 'bodyLimit' | 'trustProxy' | 'rawBody' | 'unroutable' | 'unreadable'
> {
  /** Usually `() => loadConfig(schema)`: a wrong value stops the start with one line that names it. */
  readonly config: () => Config;
  readonly module: (config: Config, logger: Logger) => Type | DynamicModule;
  /** What is to be there before the first request: microservices, filters, a socket server. */
  readonly prepare?: (app: NestFastifyApplication, config: Config) => void | Promise<void>;
  /** The longest that an orderly stop may take, in milliseconds; 25,000 where it isn't given. */
  readonly graceMs?: number;
}

const GRACE_MS = 25_000;

/**
 * A service's `main`. SIGTERM and SIGINT stop it in order and it exits 0; 1 where it couldn't start, didn't stop within
 * its grace, or met an error that nobody caught.
 */
export const runService = async <Config extends ServiceConfig>(options: Service<Config>): Promise<void> => {
  const { service, graceMs = GRACE_MS } = options;
  let logger = createLogger({ service, instance: process.env['INSTANCE'] ?? service });
  const fail = (error: unknown, message: string): never => {
    logger.fatal({ err: error }, message);
    process.exit(1);
  };
  process.on('unhandledRejection', (error) => fail(error, 'a rejection that nobody handled'));
  process.on('uncaughtException', (error) => fail(error, 'an exception that nobody caught'));

  const start = async (): Promise<ServiceApp> => {
    const config = options.config();
    logger = createLogger({ service, instance: config.INSTANCE, level: config.LOG_LEVEL });
    const running = await ServiceApp.create(options.module(config, logger), { ...options, config, logger });
    await options.prepare?.(running.app, config);
    await running.listen();
    return running;
  };

  const stop = async (running: ServiceApp, signal: NodeJS.Signals): Promise<void> => {
    logger.info({ signal }, 'stopping');
    await withDeadline('stopping', graceMs, running.stop());
    logger.info('stopped');
    process.exit(0);
  };

  let stopSignal: NodeJS.Signals | undefined;
  let started: ServiceApp | undefined;
  const stopOnce = (signal: NodeJS.Signals): void => {
    if (stopSignal) return;
    stopSignal = signal;
    if (started) stop(started, signal).catch((error: unknown) => fail(error, `couldn't stop in order`));
  };
  process.on('SIGTERM', stopOnce);
  process.on('SIGINT', stopOnce);

  try {
    started = await start();
  } catch (error) {
    fail(error, `couldn't start`);
    return;
  }
  // Told to stop while it was starting.
  if (stopSignal)
    await stop(started, stopSignal).catch((error: unknown) => fail(error, `couldn't stop in order`));
};
