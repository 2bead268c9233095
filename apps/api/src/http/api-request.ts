import type { FastifyRequest } from 'fastify';
import type { CallContext, VolumeLimits } from '@claw/contracts';

/** A parent key's holder. */
export interface AgencyCaller extends CallContext {
  readonly kind: 'agency';
  readonly agencyId: string;
  /** While its agency isn't active, no subaccount sends, whatever its own standing. */
  readonly agencyActive: boolean;
  readonly limits: VolumeLimits;
}

/** A subaccount's agent. */
export interface SubaccountCaller extends CallContext {
  readonly kind: 'subaccount';
  readonly agencyId: string;
  readonly agencyActive: boolean;
  readonly subaccountId: string;
  readonly limits: VolumeLimits;
}

/** Whoever holds the operator's token. */
export interface OperatorCaller extends CallContext {
  readonly kind: 'operator';
  readonly limits: VolumeLimits;
}

export type AnyCaller = AgencyCaller | SubaccountCaller | OperatorCaller;

/** A request as the handlers see it: the guards and the interceptor fill in who calls and what is asked. */
export interface ApiRequest extends FastifyRequest {
  caller: AnyCaller;
  /** What idempotency is kept by: the hash of the key that calls. */
  keyHash: string;
  /** Of a send: what its answer calls it. */
  sendId?: string;
  input: { params: unknown; query: unknown; body: unknown };
}
