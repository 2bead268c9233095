import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { Failure } from '../failure';

const timeoutMs = 30_000;
const retryPauseMs = 250;

const problemSchema = z.object({ detail: z.string(), error: z.string() });

/** Where the operator's calls go, and by what right. */
export interface OperatorAccess {
  readonly api: string;
  readonly operator_token: string;
}

const reasonIn = (text: string, status: number): string => {
  try {
    const { detail, error } = problemSchema.parse(JSON.parse(text));
    return `${detail} (${error})`;
  } catch {
    return `the API answered ${status}`;
  }
};

/**
 * Posts to the operator's part of the API and hands back the answer's body. A call that finds a part still
 * starting (503) is made again until `patienceMs` is over; all of them are safe to repeat only where the caller
 * says so by giving patience. Throws {@link Failure} with the API's own reason.
 */
export const operatorPost = async (
  { api, operator_token }: OperatorAccess,
  path: string,
  body: unknown,
  patienceMs = 0,
): Promise<unknown> => {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const response = await fetch(`${api}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${operator_token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    }).catch(() => {
      throw new Failure(`the API does not answer at ${api}: is it up? (./claw status)`);
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text);
    if (response.status !== 503 || Date.now() > deadline)
      throw new Failure(`POST ${path}: ${reasonIn(text, response.status)}`);
    await delay(retryPauseMs);
  }
};
