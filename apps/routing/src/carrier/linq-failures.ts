import type { CarrierFailure } from '@claw/routing-domain';
import { APIConnectionTimeoutError, APIError } from '@linqapp/sdk';
import { z } from 'zod';
import { CarrierUnavailable } from '../inbound/carrier-chats';

/** Linq's own error, as its body has it. */
const errorBody = z.object({
  error: z.object({
    code: z.number().optional(),
    message: z.string().optional(),
    retry_after: z.number().min(0).optional(),
  }),
});

const chatUnknown = 2001;
/** Linq's codes (docs.linqapp.com/error): what they say counts, whatever the status beside them is. */
const ofTheLine = new Set([
  2006, // the number isn't ours to send from
  4002, // its phone isn't available: the line is flagged, or off
]);
const passing = new Set([
  2007, // an attachment isn't ready
  2009, // the chat is still being made
  2015, // something else is being done to it
  4004, // the service is down
]);
const final = new Set([
  1006, // not in a chat of two
  2013, // we have left the group
  2016, // not in a group
  2017, // not by this chat's service
  2018, // not by any service but iMessage
  4005, // the recipient can't take it
  5002, // the file can't be fetched
]);
/** 401 is about a key of ours. */
const notNow = new Set([401, 409, 429, 503]);
const longestReason = 300;
/** The connection was never made, so nothing was sent. */
const notConnected = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

const linqErrorOf = (error: APIError) => errorBody.safeParse(error.error).data?.error;

export const isChatUnknown = (error: unknown): boolean =>
  error instanceof APIError && linqErrorOf(error)?.code === chatUnknown;

/**
 * What a failed request says about what was asked for. Refusals are final but for those that aren't about it: 408,
 * 409, 429, a key of ours that isn't accepted (401), a sending number in trouble, and Linq's 3xxx codes.
 */
export const answerOfFailure = (error: unknown, what: 'message' | 'reaction' | 'request'): CarrierFailure => {
  if (!(error instanceof APIError)) return { kind: 'unknown' };
  const { status } = error;
  if (status === undefined) return wasNotConnected(error) ? busy(null) : { kind: 'unknown' };
  const linq = linqErrorOf(error);
  const code = linq?.code ?? null;
  const said = linq?.message?.replace(/\s+/g, ' ').trim().slice(0, longestReason);
  const refused: CarrierFailure = {
    kind: 'refused',
    carrierCode: code,
    reason: `The carrier rejected the ${what}${said ? `: ${said}` : ''} (${code ?? status}).`,
  };
  if (code !== null && final.has(code)) return refused;
  const passes = code !== null && (ofTheLine.has(code) || passing.has(code));
  if (passes || notNow.has(status)) return busy(retryAfterMs(error, linq?.retry_after));
  if (status >= 500 || status === 408) return { kind: 'unknown' };
  return code !== null && code >= 3000 && code < 4000 ? busy(null) : refused;
};

/** A request for knowledge that failed: what isn't about us or it is `CarrierUnavailable`, all else stays what it is. */
export const faultOf = (error: unknown): unknown => {
  if (error instanceof z.ZodError) return error;
  const answer = answerOfFailure(error, 'request');
  if (answer.kind === 'busy') return new CarrierUnavailable(answer.retryAfterMs, { cause: error });
  return answer.kind === 'unknown' ? new CarrierUnavailable(null, { cause: error }) : error;
};

const busy = (waitMs: number | null): CarrierFailure => ({ kind: 'busy', retryAfterMs: waitMs });

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
