import { randomBytes, randomInt } from 'node:crypto';
import { APIError, LinqAPIV3 } from '@linqapp/sdk';
import { CarrierConfig } from '../config';
import { type RunningCarrier, startCarrier } from '../start-carrier';
import { Sim } from './sim';
import { WebhookReceiver } from './webhook-receiver';

export const someNumber = (): string => `+1415555${String(randomInt(10_000)).padStart(4, '0')}`;
export const someLine = (): string => `+1500555${String(randomInt(1_000)).padStart(4, '0')}`;

/** A carrier with its subscriber and its client: the unmodified SDK, one try a call. */
export interface Fixture {
  readonly carrier: RunningCarrier;
  readonly linq: LinqAPIV3;
  readonly sim: Sim;
  readonly receiver: WebhookReceiver;
  /** The environment that another carrier with the same data and subscriber would be started with. */
  readonly env: Readonly<Record<string, string>>;
}

export const linqAt = (url: string, apiKey: string): LinqAPIV3 =>
  new LinqAPIV3({ baseURL: url, apiKey, maxRetries: 0, timeout: 10_000 });

const failTheTest = (fault: unknown): never => {
  throw fault;
};

export const startFrom = (env: Readonly<Record<string, string>>): Promise<RunningCarrier> =>
  startCarrier(CarrierConfig.parse(env), failTheTest);

const started: Fixture[] = [];

/** Starts one that is closed after the test; more variables on top. */
export const carrier = async (more: Readonly<Record<string, string>> = {}): Promise<Fixture> => {
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const receiver = new WebhookReceiver(secret);
  const env = {
    HTTP_PORT: '0',
    LOG_LEVEL: 'silent',
    LINQ_API_V3_API_KEY: randomBytes(12).toString('hex'),
    LINQ_WEBHOOK_SECRET: secret,
    WEBHOOK_URL: `http://127.0.0.1:${await receiver.listen()}/webhooks/carrier?version=2026-02-03`,
    WEBHOOK_RETRY_SCALE: '0.01',
    ...more,
  };
  const running = await startFrom(env);
  const linq = linqAt(running.url, env.LINQ_API_V3_API_KEY);
  const fixture = { carrier: running, linq, sim: new Sim(running.url), receiver, env };
  started.push(fixture);
  return fixture;
};

if (typeof afterEach === 'function')
  afterEach(async () => {
    await Promise.all(
      started.splice(0).flatMap((fixture) => [fixture.carrier.close(), fixture.receiver.close()]),
    );
  });

/** A message of one text part. */
export const text = (
  value: string,
  more: Partial<LinqAPIV3.MessageContent> = {},
): LinqAPIV3.MessageContent => ({
  parts: [{ type: 'text', value }],
  ...more,
});

/** How the carrier refused a call of the SDK; throws where it didn't. */
export const refusalOf = async (
  call: Promise<unknown>,
): Promise<{ status: number; code: number; error: unknown }> => {
  const fault: unknown = await call.then(() => undefined).catch((error: unknown) => error);
  if (!(fault instanceof APIError)) throw new Error(`not refused: ${String(fault)}`);
  const { error } = fault.error as { error: { code: number } };
  return { status: fault.status ?? 0, code: error.code, error: fault.error };
};
