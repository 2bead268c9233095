import { actorSchema, type CallContext } from '@claw/contracts';
import { headers as newHeaders, type MsgHdrs } from 'nats';
import { injectTrace } from '../trace-context';

/** The headers of a call between services. */
export const callHeaders = {
  requestId: 'Claw-Request-Id',
  actorKind: 'Claw-Actor-Kind',
  actorId: 'Claw-Actor-Id',
  /** Milliseconds since the Unix epoch after which nobody waits for the answer any more. */
  deadline: 'Claw-Deadline',
} as const;

/** What an answering handler learns beside the request. */
export interface AnswerContext extends CallContext {
  readonly traceparent: string | undefined;
  /** Milliseconds since the Unix epoch after which the caller has given up. */
  readonly deadline: number;
}

export const headersOfCall = (context: CallContext, deadline: number): MsgHdrs => {
  const headers = newHeaders();
  headers.set(callHeaders.requestId, encodeURIComponent(context.requestId));
  headers.set(callHeaders.actorKind, context.actor.kind);
  headers.set(callHeaders.actorId, encodeURIComponent(context.actor.id));
  headers.set(callHeaders.deadline, String(deadline));
  injectTrace(headers);
  return headers;
};

/** The context that a call came with; undefined where it has none that can be read. */
export const contextOfCall = (headers: MsgHdrs | undefined): AnswerContext | undefined => {
  if (headers === undefined) return undefined;
  const deadline = Number(headers.get(callHeaders.deadline));
  const requestId = decode(headers.get(callHeaders.requestId));
  const actor = actorSchema.safeParse({
    kind: headers.get(callHeaders.actorKind),
    id: decode(headers.get(callHeaders.actorId)),
  });
  if (!actor.success || !requestId || !(deadline > 0)) return undefined;
  return { actor: actor.data, requestId, deadline, traceparent: headers.get('traceparent') || undefined };
};

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
};
