import { Unavailable } from '@claw/kernel';
import { QueryRunnerAlreadyReleasedError } from 'typeorm';

/** What {@link Unavailable} calls the database. */
export const POSTGRES = 'postgres';

/** SQLSTATEs that say "not now": connection and resource trouble, shutdown, a statement that took too long. */
const PASSING_STATE = /^(?:08...|53...|57014|57P0[1-5]|55P03)$/;
/** Two transactions in each other's way: the one that lost may simply be run again. */
const RETRY_STATE = /^(?:40001|40P01)$/;
const PASSING_CODE =
  /^(?:ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;
/** What `pg` and its pool report as plain errors without a code. */
const PASSING_MESSAGE =
  /connection terminated|timeout exceeded when trying to connect|query read timeout|connection error and is not queryable|client was closed|cannot use a pool after calling end/i;

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';

/** Whether a repeat of the transaction is the remedy. */
export const isRetryable = (error: unknown): boolean => RETRY_STATE.test(codeOf(error));

/** Whether the database, or the way to it, is the trouble and not what was asked. */
export const isPassing = (error: unknown): boolean =>
  PASSING_STATE.test(codeOf(error)) ||
  PASSING_CODE.test(codeOf(error)) ||
  // TypeORM lets go of a runner whose connection broke; we let go of it only after the work.
  error instanceof QueryRunnerAlreadyReleasedError ||
  (error instanceof AggregateError && error.errors.some(isPassing)) ||
  (error instanceof Error && PASSING_MESSAGE.test(error.message));

/** A passing trouble as `Unavailable`; anything else as it is. */
export const translateError = (error: unknown, outcomeUnknown: boolean): unknown =>
  isPassing(error) ? new Unavailable(POSTGRES, outcomeUnknown, { cause: error }) : error;
