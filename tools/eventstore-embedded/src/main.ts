import { logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { pino } from 'pino';
import { readConfig } from './config';
import { EventStoreServer } from './event-store-server';
import { serveHealth } from './health';

const start = async (): Promise<void> => {
  const config = readConfig(process.env);
  // What goes wrong at the start is said once, below.
  setLogVerbosity(logVerbosity.NONE);
  const logger = pino({ name: 'eventstore-embedded', level: config.LOG_LEVEL });
  const server = await EventStoreServer.start({
    folder: config.EVENTSTORE_DATA,
    port: config.EVENTSTORE_PORT,
    maxAppendSize: config.EVENTSTORE_MAX_APPEND_SIZE,
    onFailure: (error) => logger.error({ err: error }, 'a write failed'),
  });
  const health =
    config.HTTP_PORT === undefined
      ? undefined
      : await serveHealth(config.HTTP_HOST, config.HTTP_PORT, () => server.isReady());

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
