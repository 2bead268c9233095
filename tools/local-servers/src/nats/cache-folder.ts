import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where fetched servers are kept between runs: `CLAW_CACHE`, else the user's cache folder. */
export const cacheFolder = (env: NodeJS.ProcessEnv = process.env): string =>
  env['CLAW_CACHE'] ?? join(env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'claw');
