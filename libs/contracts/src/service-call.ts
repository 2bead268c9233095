import { z } from 'zod';

/** A question or command that one service asks of another over NATS; the subject names the service and the verb. */
export interface ServiceCall<Request, Reply> {
  readonly subject: string;
  readonly request: z.ZodType<Request>;
  readonly reply: z.ZodType<Reply>;
}

export const serviceCall = <Request extends z.ZodType, Reply extends z.ZodType>(
  subject: string,
  request: Request,
  reply: Reply,
): { subject: string; request: Request; reply: Reply } => ({ subject, request, reply });

/** Why a call was refused. Further members (`resets_at`, `phone_numbers`, …) belong to the code. */
export interface CallRefusal {
  readonly code: string;
  /** A sentence that the person who asked can act on. */
  readonly detail: string;
  readonly fields?: readonly { readonly field: string; readonly message: string }[] | undefined;
  readonly [extra: string]: unknown;
}

/** What travels back: a value or an expected refusal. Faults of ours travel as the codes `unavailable` and `internal`. */
export type CallResult<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: CallRefusal };

/** Who asks, on whose request: travels beside every call and ends up in the events' metadata. */
export interface CallContext {
  readonly actor: Actor;
  readonly requestId: string;
}

export const actorSchema = z.object({
  kind: z.enum(['agency', 'subaccount', 'operator', 'system']),
  id: z.string().min(1),
});

/** Who wants a change: an agency by its key, a subaccount's agent, an operator, or the platform itself. */
export type Actor = z.infer<typeof actorSchema>;
