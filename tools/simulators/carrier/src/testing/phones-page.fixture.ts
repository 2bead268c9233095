import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { LinqAPIV3 } from '@linqapp/sdk';
import { findChromium, httpAnswers, startServer, workspaceRoot } from '@claw/local-servers';
import { freePort } from '@claw/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { type BrowserContext, type Page, chromium } from 'playwright-core';
import { linqAt } from './carrier-fixture';
import { Sim } from './sim';
import { WebhookReceiver } from './webhook-receiver';

/** How long the page may take for what it is asked, in milliseconds. */
const PATIENCE_MS = 15_000;

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The built carrier in a process of its own, with its subscriber, its client, and a browser that looks at it. */
export interface PhonesPage {
  readonly url: string;
  readonly linq: LinqAPIV3;
  readonly sim: Sim;
  readonly receiver: WebhookReceiver;
  /** Opens the page with these phones on the table. */
  open(...phones: readonly string[]): Promise<Page>;
  close(): Promise<void>;
}

const openBrowser = async (profile: string): Promise<BrowserContext> => {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: await findChromium(),
    headless: true,
    args: FLAGS,
    viewport: { width: 1280, height: 900 },
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
};

export const startPhonesPage = async (): Promise<PhonesPage> => {
  const folder = await mkdtemp(join(tmpdir(), 'claw-phones-'));
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const apiKey = randomBytes(12).toString('hex');
  const receiver = new WebhookReceiver(secret);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const carrier = await startServer({
    name: 'carrier',
    command: process.execPath,
    args: [join(workspaceRoot(), 'dist/tools/simulators/carrier/src/main.js')],
    env: {
      ...process.env,
      HTTP_PORT: String(port),
      LINQ_API_V3_API_KEY: apiKey,
      LINQ_WEBHOOK_SECRET: secret,
      WEBHOOK_URL: `http://127.0.0.1:${await receiver.listen()}/?version=2026-02-03`,
      CARRIER_DATA: join(folder, 'data'),
    },
    logFile: join(folder, 'carrier.log'),
    ready: () => httpAnswers(`${url}/health/ready`),
  });
  const stop = async (): Promise<void> => {
    await Promise.all([carrier.stop(), receiver.close()]);
    await rm(folder, { recursive: true, force: true });
  };
  const browser = await openBrowser(join(folder, 'profile')).catch(async (fault: unknown) => {
    await stop();
    throw fault;
  });
  return {
    url,
    linq: linqAt(url, apiKey),
    sim: new Sim(url),
    receiver,
    open: async (...phones) => {
      const page = await browser.newPage();
      await page.goto(`${url}/#${phones.join(',')}`);
      await page.locator('.live[data-state=live]').waitFor();
      return page;
    },
    close: async () => {
      await browser.close();
      await stop();
    },
  };
};
