import { z } from 'zod';

const timeoutMs = 10_000;

export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** One call of a JSON API. */
export const jsonCall = async (
  method: 'GET' | 'POST',
  url: string,
  key?: string,
  body?: unknown,
): Promise<JsonAnswer> => {
  const response = await fetch(url, {
    method,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
};

export const subaccountSchema = z.object({
  id: z.string(),
  name: z.string(),
  api_key: z.string(),
  sending_number: z.string(),
});
export type Subaccount = z.infer<typeof subaccountSchema>;

export const problemSchema = z.object({ status: z.number(), error: z.string(), detail: z.string() });
