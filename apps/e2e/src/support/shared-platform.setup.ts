import { Platform } from './platform';

/**
 * Before all end-to-end tests: one platform that those share which break nothing. `CLAW_E2E_DATA` names the data
 * folder of one that runs already.
 */
const setup = async (): Promise<void> => {
  if (process.env['CLAW_E2E_DATA'] !== undefined) return;
  const platform = await Platform.start('--limits', 'relaxed');
  process.env['CLAW_E2E_DATA'] = platform.dataDir;
  process.env['CLAW_E2E_OWNED'] = 'yes';
};

export default setup;
