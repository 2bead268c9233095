import { findChromium } from '@claw/local-servers';
import type { BrowserContext } from 'playwright-core';
import { tempDir } from '../temp-dir';

/** How long a page may take for what it is asked, in milliseconds. */
const PATIENCE_MS = 15_000;

/** Runs as root and in a container with little shared memory, and asks nobody on the internet. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/**
 * Starts the Chromium that {@link findChromium} finds, headless and with a throw-away profile; rejects with the ways out
 * where there is none.
 */
export const openBrowser = async (): Promise<BrowserContext> => {
  const executablePath = await findChromium();
  // Loaded where it is needed only: most tests have no browser.
  const { chromium } = await import('playwright-core');
  const context = await chromium.launchPersistentContext(await tempDir('browser'), {
    executablePath,
    headless: true,
    args: FLAGS,
    viewport: { width: 1280, height: 900 },
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
};

/**
 * A `describe` that needs a browser. Without one its tests fail, except where `./claw test` has said in its own words
 * that there is none and counts them as skipped.
 */
export const describeInBrowser = (name: string, tests: () => void): void => {
  if (process.env['CLAW_WITHOUT_BROWSER'] === undefined) describe(name, tests);
  else describe.skip(name, tests);
};
