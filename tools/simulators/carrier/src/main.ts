import { loadConfig } from '@claw/config';
import { CarrierConfig } from './config';
import { startCarrier } from './start-carrier';

/** Stopping takes no longer than this, in milliseconds. */
const STOP_DEADLINE_MS = 10_000;

const sayWhy = (fault: unknown): never => {
  console.error(fault instanceof Error ? fault.message : String(fault));
  process.exit(1);
};

const main = async (): Promise<void> => {
  const starting = startCarrier(loadConfig(CarrierConfig), sayWhy);
  const stop = (): void => {
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref();
    starting.then((carrier) => carrier.close()).then(() => process.exit(0), sayWhy);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  await starting;
};

main().catch(sayWhy);
