import { Platform } from './platform';

/** The platform that all tests share which break nothing; made before them. */
export const sharedPlatform = (): Platform => {
  const dataDir = process.env['CLAW_E2E_DATA'];
  if (dataDir === undefined) throw new Error('no shared platform: was the set-up left out?');
  return Platform.at(dataDir);
};
