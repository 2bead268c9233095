import { type CallResult, type tenancyCalls } from '@claw/contracts';
import type { EventMetadata } from '@claw/event-store';
import type { Refused } from '@claw/kernel';
import type { AnswerContext } from '@claw/messaging';
import type { z } from 'zod';

type Calls = typeof tenancyCalls;

/** What a call asks, after its schema has accepted it. */
export type RequestOf<Name extends keyof Calls> = z.output<Calls[Name]['request']>;
/** What a call answers where it isn't refused. */
export type ReplyOf<Name extends keyof Calls> = z.output<Calls[Name]['reply']>;

export const answered = <Value>(value: Value): CallResult<Value> => ({ ok: true, value });

export const refused = ({ code, detail }: Refused): CallResult<never> => ({
  ok: false,
  error: { code, detail },
});

/** Another agency's subaccount and one that never was look the same. */
export const notFound = (what: 'agency' | 'subaccount'): CallResult<never> => ({
  ok: false,
  error: { code: 'not_found', detail: `There is no such ${what}.` },
});

export const invalidField = (field: string, message: string): CallResult<never> => ({
  ok: false,
  error: { code: 'invalid_request', detail: 'The request is not valid.', fields: [{ field, message }] },
});

/** What an event remembers of the call that it came from. */
export const metadataOf = ({ actor, requestId, traceparent }: AnswerContext): EventMetadata => ({
  actor,
  requestId,
  ...(traceparent !== undefined && { traceparent }),
});
