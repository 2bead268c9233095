import { DeadlineExceeded, Unavailable } from '@claw/kernel';
import { ErrorCode, NatsError } from 'nats';

/** What was published or written expected another last sequence: somebody else was first. */
export class WrongLastSequence extends Error {
  constructor(
    /** The sequence that is last, where the server told it. */
    readonly actual: number | undefined,
    options?: ErrorOptions,
  ) {
    super(`the last sequence is ${actual ?? 'another one'}`, options);
    this.name = 'WrongLastSequence';
  }
}

const wrongLastSequence = 10071;
const streamNotFound = 10059;
/** The same message is under way already, and may yet be stored. */
const duplicateUnderWay = 10158;
/** The stream is full, or couldn't write: the server says so with a code of its own. */
const storeFailed = 10077;

/** Codes after which nobody knows whether the server did what it was asked. */
const unknownOutcome: ReadonlySet<string> = new Set([ErrorCode.Timeout, ErrorCode.Disconnect]);
const notReached: ReadonlySet<string> = new Set([
  ErrorCode.NoResponders,
  ErrorCode.ConnectionClosed,
  ErrorCode.ConnectionDraining,
  ErrorCode.ConnectionRefused,
  ErrorCode.ConnectionTimeout,
]);

/**
 * What callers are to see of a failure in NATS: {@link Unavailable} where another try may help,
 * {@link WrongLastSequence}, or the error as it is where it tells of a mistake of ours.
 */
export const faultOf = (part: string, error: unknown): unknown => {
  if (error instanceof DeadlineExceeded) return new Unavailable(part, true, { cause: error });
  if (!(error instanceof NatsError)) return error;
  const api = error.api_error;
  if (api !== undefined) {
    if (api.err_code === wrongLastSequence) {
      const actual = /(\d+)\s*$/.exec(api.description)?.[1];
      return new WrongLastSequence(actual === undefined ? undefined : Number(actual), { cause: error });
    }
    if (api.err_code === duplicateUnderWay) return new Unavailable(part, true, { cause: error });
    const passing = api.code >= 500 || api.err_code === streamNotFound || api.err_code === storeFailed;
    return passing ? new Unavailable(part, false, { cause: error }) : error;
  }
  if (unknownOutcome.has(error.code)) return new Unavailable(part, true, { cause: error });
  return notReached.has(error.code) ? new Unavailable(part, false, { cause: error }) : error;
};

/** Runs work against NATS and throws what {@link faultOf} makes of its failure. */
export const mappingFaults = async <T>(part: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw faultOf(part, error);
  }
};

/** A short text of an error for logs and headers: never its stack, never a payload. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
