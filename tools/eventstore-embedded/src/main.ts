import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { loadConfig, portVariable, serviceConfig } from '@claw/config';
import { pino } from 'pino';
import { z } from 'zod';
import { serveHealth } from './health';
import { serveEventStore } from './server';

const LARGEST_APPEND_BYTES = 16 * 1024 * 1024;
const DEFAULT_APPEND_BYTES = 1024 * 1024;

const settings = z.object({
  EVENTSTORE_PORT: portVariable.default(2113),
  EVENTSTORE_DATA: z.string(),
  /** Bytes that the events of one append may have together. */
  EVENTSTORE_MAX_APPEND_SIZE: z.coerce
    .number()
    .int()
    .min(1)
    .max(LARGEST_APPEND_BYTES)
    .default(DEFAULT_APPEND_BYTES),
  HTTP_HOST: serviceConfig.HTTP_HOST,
  HTTP_PORT: portVariable.optional(),
  LOG_LEVEL: serviceConfig.LOG_LEVEL,
});

const start = async (): Promise<void> => {
  const config = loadConfig(settings);
  // What goes wrong at the start is said once, below.
  setLogVerbosity(logVerbosity.NONE);
  const logger = pino({ name: 'eventstore-embedded', level: config.LOG_LEVEL });
  const server = await serveEventStore({
    folder: config.EVENTSTORE_DATA,
    port: config.EVENTSTORE_PORT,
    maxAppendSize: config.EVENTSTORE_MAX_APPEND_SIZE,
    onFailure: (error) => logger.error({ err: error }, 'a write failed'),
  });
  const health =
    config.HTTP_PORT === undefined
      ? undefined
      : await serveHealth(config.HTTP_HOST, config.HTTP_PORT, server.isReady);

  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    logger.info({ signal }, 'stopping');
    await server.stop();
    health?.close();
    health?.closeAllConnections();
    logger.info('stopped');
    process.exit(0);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  logger.info({ port: server.port, folder: config.EVENTSTORE_DATA }, 'listening');
};

start().catch((error: unknown) => {
  process.stderr.write(`eventstore-embedded: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
