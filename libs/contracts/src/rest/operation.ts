import type { z } from 'zod';
import type { ProblemCode } from '../error-codes';

/** Which kind of key opens an operation. */
export type Access = 'agency' | 'subaccount' | 'operator';

/** Which volume limit a call counts against; `claims` counts by row. */
export type RateClass = 'provisioning' | 'claims' | 'requests';

/**
 * One call of the HTTP contract, written once: it routes, guards and validates in `api`, types its handlers,
 * and becomes a page of the OpenAPI document.
 */
export interface RestOperation<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** The path with `:name` for each parameter; `aliases` answer alike. */
  readonly path: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly access: Access;
  readonly rate: RateClass;
  /** The member of the body that, where it is true, has the call count against `claims` as well. */
  readonly claimsIf?: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  /** The answer's schema; without one the status is 204. */
  readonly answer?: Answer;
  readonly status: 200 | 202 | 204;
  /** Refusals of its own, beside those that every call of its kind can give. */
  readonly refusals?: readonly ProblemCode[];
  /** Whether `Idempotency-Key` makes the first answer come again. `false`: the operation takes the header itself. */
  readonly replayable?: boolean;
}

type OutputOf<Schema> = Schema extends z.ZodType ? z.output<Schema> : undefined;

/** What a handler gets: each part parsed by the operation's schema. */
export interface InputOf<Operation extends RestOperation> {
  readonly params: OutputOf<Operation['params']>;
  readonly query: OutputOf<Operation['query']>;
  readonly body: OutputOf<Operation['body']>;
}

/** What a handler answers. */
export type AnswerOf<Operation extends RestOperation> = Operation['answer'] extends z.ZodType
  ? z.input<Operation['answer']>
  : undefined;
