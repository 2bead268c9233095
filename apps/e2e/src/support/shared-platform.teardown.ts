import { Platform } from './platform';

/** After all end-to-end tests: ends the platform that the set-up started. */
const teardown = async (): Promise<void> => {
  const dataDir = process.env['CLAW_E2E_DATA'];
  if (dataDir !== undefined && process.env['CLAW_E2E_OWNED'] === 'yes') await Platform.at(dataDir).dispose();
};

export default teardown;
