import type { CarrierAnswer } from '@claw/routing-domain';
import { APIConnectionTimeoutError, APIError } from '@linqapp/sdk';
import { z } from 'zod';

/** Linq's own error, as its body has it. */
const errorBody = z.object({
  error: z.object({
    code: z.number().optional(),
    message: z.string().optional(),
    retry_after: z.number().min(0).optional(),
  }),
});

const chatUnknown = 2001;
const longestReason = 300;
/** The connection was never made, so nothing was sent. */
const notConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

const linqErrorOf = (error: APIError) => errorBody.safeParse(error.error).data?.error;

export const isChatUnknown = (error: unknown): boolean =>
  error instanceof APIError && linqErrorOf(error)?.code === chatUnknown;

/**
 * What a failed request says about the message. Refusals are final but for those that aren't about the message:
 * 408, 409, 429, a key of ours that isn't accepted (401), and Linq's 3xxx codes.
 */
export const answerOfFailure = (error: unknown): CarrierAnswer => {
  if (!(error instanceof APIError)) return { kind: 'unknown' };
  if (error.status === undefined) return wasNotConnected(error) ? busy(null) : { kind: 'unknown' };
  const linq = linqErrorOf(error);
  if (error.status === 429 || error.status === 503) return busy(retryAfterMs(error, linq?.retry_after));
  if (error.status >= 500 || error.status === 408) return { kind: 'unknown' };
  const code = linq?.code ?? null;
  if (error.status === 401 || error.status === 409 || (code !== null && code >= 3000 && code < 4000)) {
    return busy(retryAfterMs(error, linq?.retry_after));
  }
  const said = linq?.message?.replace(/\s+/g, ' ').trim().slice(0, longestReason);
  return {
    kind: 'refused',
    carrierCode: code,
    reason: `The carrier rejected the message${said ? `: ${said}` : ''} (${code ?? error.status}).`,
  };
};

const busy = (waitMs: number | null): CarrierAnswer => ({ kind: 'busy', retryAfterMs: waitMs });

/** The wait that Retry-After, in seconds or as a date, or the body asks for. */
const retryAfterMs = (error: APIError, inBody: number | undefined): number | null => {
  const header = error.headers?.get('retry-after');
  if (header) {
    const ms = /^\d+(\.\d+)?$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
    if (Number.isFinite(ms)) return Math.max(0, ms);
  }
  return inBody === undefined ? null : inBody * 1_000;
};

const wasNotConnected = (error: APIError): boolean => {
  if (error instanceof APIConnectionTimeoutError) return false;
  for (let cause = error.cause, depth = 0; isObject(cause) && depth < 5; depth += 1) {
    if (typeof cause['code'] === 'string' && notConnected.has(cause['code'])) return true;
    cause = cause['cause'];
  }
  return false;
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
