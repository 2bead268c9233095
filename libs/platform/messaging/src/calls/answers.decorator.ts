import { type CallResult, type ServiceCall } from '@claw/contracts';
import { Unavailable } from '@claw/kernel';
import { histogram } from '@claw/observability';
import { Logger } from '@nestjs/common';
import { Ctx, MessagePattern, type NatsContext, Payload } from '@nestjs/microservices';
import { context } from '@opentelemetry/api';
import type { MsgHdrs } from 'nats';
import type { z } from 'zod';
import { reasonOf } from '../connection/faults';
import { traceOf } from '../trace-context';
import { type AnswerContext, contextOfCall } from './call-context';
import { faultCodes } from './envelope';

const callSeconds = histogram<'call' | 'outcome'>({
  name: 'call_seconds',
  help: 'How long service calls took to answer, by call and outcome: ok or the refusal\u2019s code.',
  labels: ['call', 'outcome'],
});

type Answer<Request, Reply> = (request: Request, context: AnswerContext) => Promise<CallResult<Reply>>;

/**
 * Makes a controller's method answer a service call: it gets a request that its schema has accepted, and who
 * asks. A request that the schema refuses is answered `invalid_request`, one whose caller has given up is not
 * begun, an `Unavailable` fault is answered `unavailable`, any other `internal` with its cause only in the log.
 */
export const Answers =
  <Request, Reply>(call: ServiceCall<Request, Reply>) =>
  <Method extends Answer<Request, Reply>>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    const answer = descriptor.value;
    if (answer === undefined) throw new Error(`@Answers(${call.subject}) belongs on a method`);
    const log = new Logger(call.subject);
    const guarded = async function (this: unknown, request: unknown, wire: unknown) {
      const headers = (wire as NatsContext).getHeaders() as MsgHdrs | undefined;
      const end = callSeconds.startTimer({ call: call.subject });
      const result = await answerCall(call, log, request, headers, (parsed, asked) =>
        answer.call(this, parsed, asked),
      );
      end({ outcome: result.ok ? 'ok' : result.error.code });
      return result;
    };
    const named: PropertyDescriptor = { ...descriptor, value: guarded };
    Object.defineProperty(guarded, 'name', { value: String(key) });
    MessagePattern(call.subject)(target, key, named);
    Payload()(target, key, 0);
    Ctx()(target, key, 1);
    Object.assign(descriptor, named);
  };

const answerCall = async <Request, Reply>(
  call: ServiceCall<Request, Reply>,
  log: Logger,
  request: unknown,
  headers: MsgHdrs | undefined,
  answer: Answer<Request, Reply>,
): Promise<CallResult<Reply>> => {
  const asked = contextOfCall(headers);
  if (asked === undefined) return invalidRequest('the call has no context');
  if (Date.now() > asked.deadline) {
    log.warn(`request ${asked.requestId} came too late and was not begun`);
    return failure(faultCodes.unavailable, 'The request came too late.', { outcome_unknown: false });
  }
  const parsed = call.request.safeParse(request);
  if (!parsed.success) return invalidRequest('The request is not valid.', parsed.error.issues);
  try {
    return await context.with(traceOf(headers), () => answer(parsed.data, asked));
  } catch (error) {
    if (error instanceof Unavailable) {
      log.warn(`request ${asked.requestId}: ${reasonOf(error)}`);
      return failure(faultCodes.unavailable, reasonOf(error), { outcome_unknown: error.outcomeUnknown });
    }
    log.error(
      `request ${asked.requestId} failed: ${reasonOf(error)}`,
      error instanceof Error ? error.stack : undefined,
    );
    return failure(faultCodes.internal, 'Something went wrong on our side.');
  }
};

const failure = (code: string, detail: string, extra: Readonly<Record<string, unknown>> = {}) =>
  ({ ok: false, error: { code, detail, ...extra } }) as const;

const invalidRequest = (detail: string, issues: readonly z.core.$ZodIssue[] = []) =>
  failure(faultCodes.invalid, detail, {
    fields: issues.map(({ path, message }) => ({ field: path.join('.'), message })),
  });
