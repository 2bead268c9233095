import type { CallContext, CallResult, ServiceCall } from '@claw/contracts';
import { Unavailable } from '@claw/kernel';
import { faultOf } from '../connection/faults';
import type { NatsLink } from '../connection/nats-link';
import { headersOfCall } from './call-context';
import { envelopeSchema, faultCodes, packetSchema } from './envelope';

/** The other service failed, or answered what its contract doesn't allow: a mistake of ours, not an outage. */
export class CallFailed extends Error {
  constructor(subject: string, detail: string, options?: ErrorOptions) {
    super(`${subject}: ${detail}`, options);
    this.name = 'CallFailed';
  }
}

/** Asks other services, by queue group: one of the processes that answer a subject gets the call. */
export class ServiceClient {
  constructor(private readonly nats: NatsLink) {}

  /**
   * The answer: a value or an expected refusal. Throws `Unavailable` when NATS is down or nobody answers the
   * subject (at once; nothing is kept back to be sent later), when no answer came within `timeoutMs`
   * (`outcomeUnknown`; a server that gets the request later doesn't begin it), or when the service says so
   * itself. Throws {@link CallFailed} on a failure of the service.
   */
  async call<Request, Reply>(
    call: ServiceCall<Request, Reply>,
    request: NoInfer<Request>,
    context: CallContext,
    { timeoutMs = 5_000 }: { readonly timeoutMs?: number } = {},
  ): Promise<CallResult<Reply>> {
    const { connection } = this.nats.now();
    const packet = JSON.stringify({ pattern: call.subject, data: request, id: context.requestId });
    try {
      const message = await connection.request(call.subject, packet, {
        timeout: timeoutMs,
        headers: headersOfCall(context, Date.now() + timeoutMs),
      });
      return resultOf(call, message.json<unknown>());
    } catch (error) {
      throw faultOf(call.subject, error);
    }
  }
}

const resultOf = <Reply>(call: ServiceCall<unknown, Reply>, answer: unknown): CallResult<Reply> => {
  const packet = packetSchema.safeParse(answer);
  const envelope = envelopeSchema.safeParse(packet.data?.response);
  if (!envelope.success) throw new CallFailed(call.subject, 'the answer is none', { cause: envelope.error });
  if (envelope.data.ok) {
    const value = call.reply.safeParse(envelope.data.value);
    if (!value.success)
      throw new CallFailed(call.subject, 'the answer breaks its contract', { cause: value.error });
    return { ok: true, value: value.data };
  }
  const { error } = envelope.data;
  if (error.code === faultCodes.unavailable)
    throw new Unavailable(call.subject, error['outcome_unknown'] !== false);
  if (error.code === faultCodes.internal) throw new CallFailed(call.subject, error.detail);
  return { ok: false, error };
};
