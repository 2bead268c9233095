import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LinqAPIV3 } from '@linqapp/sdk';
import { type ServerProcess, httpAnswers, startServer, workspaceRoot } from '@claw/local-servers';
import { PhoneOnPage, eventually, freePort, openBrowser } from '@claw/testing';
import type { Page } from 'playwright-core';
import { linqAt } from './carrier-fixture';
import { Sim } from './sim';
import { WebhookReceiver } from './webhook-receiver';

const WHILE = { withinMs: 15_000 };

/** The built carrier in a process of its own, with its subscriber, its client, and a browser that looks at it. */
export interface PhonesPage {
  readonly url: string;
  readonly linq: LinqAPIV3;
  readonly sim: Sim;
  newPage(): Promise<Page>;
  /** Opens the page with one phone on the table. */
  phone(number: string): Promise<PhoneOnPage>;
  /** What the subscriber is told: waits for the first event of the type that fits. */
  told<Data = Record<string, unknown>>(type: string, fits: (data: Data) => boolean): Promise<Data>;
  /** Stops the carrier, and starts it again once `meanwhile` is done. */
  restart(meanwhile: () => Promise<void>): Promise<void>;
  /** Closes the pages that a test opened. */
  tidyUp(): Promise<void>;
  close(): Promise<void>;
}

export const startPhonesPage = async (): Promise<PhonesPage> => {
  const folder = await mkdtemp(join(tmpdir(), 'claw-phones-'));
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const apiKey = randomBytes(12).toString('hex');
  const receiver = new WebhookReceiver(secret);
  const receiverPort = await receiver.listen();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const start = (): Promise<ServerProcess> =>
    startServer({
      name: 'carrier',
      command: process.execPath,
      args: [join(workspaceRoot(), 'dist/tools/simulators/carrier/src/main.js')],
      env: {
        ...process.env,
        HTTP_PORT: String(port),
        LINQ_API_V3_API_KEY: apiKey,
        LINQ_WEBHOOK_SECRET: secret,
        WEBHOOK_URL: `http://127.0.0.1:${receiverPort}/?version=2026-02-03`,
        CARRIER_DATA: join(folder, 'data'),
      },
      logFile: join(folder, 'carrier.log'),
      ready: () => httpAnswers(`${url}/health/ready`),
    });
  let carrier = await start();
  const stop = async (): Promise<void> => {
    await Promise.all([carrier.stop(), receiver.close()]);
    await rm(folder, { recursive: true, force: true });
  };
  const browser = await openBrowser().catch(async (fault: unknown) => {
    await stop();
    throw fault;
  });
  const newPage = (): Promise<Page> => browser.newPage();
  return {
    url,
    linq: linqAt(url, apiKey),
    sim: new Sim(url),
    newPage,
    phone: async (number) => {
      const [phone] = await PhoneOnPage.open(await newPage(), url, number);
      if (phone === undefined) throw new Error('no phone was opened');
      return phone;
    },
    told: <Data>(type: string, fits: (data: Data) => boolean) =>
      eventually(() => {
        const found = receiver.dataOf<Data>(type).find(fits);
        if (found === undefined) throw new Error(`no such ${type} yet`);
        return found;
      }, WHILE),
    restart: async (meanwhile) => {
      await carrier.stop();
      try {
        await meanwhile();
      } finally {
        carrier = await start();
      }
    },
    tidyUp: async () => {
      await Promise.all(browser.pages().map((page) => page.close()));
    },
    close: async () => {
      await browser.close();
      await stop();
    },
  };
};
