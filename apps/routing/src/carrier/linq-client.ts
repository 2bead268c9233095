import { LinqAPIV3 } from '@linqapp/sdk';

export interface LinqOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  /** How long one request may take, in milliseconds. */
  readonly timeoutMs: number;
}

/** Linq's Partner API v3. Retries are ours to make, durably, so the SDK makes none. */
export const linqClient = ({ apiKey, baseUrl, timeoutMs }: LinqOptions): LinqAPIV3 =>
  new LinqAPIV3({
    apiKey,
    baseURL: baseUrl,
    timeout: timeoutMs,
    maxRetries: 0,
    logLevel: 'off',
    webhookSecret: null,
  });
