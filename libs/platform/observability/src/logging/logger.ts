import pino from 'pino';
import type { DestinationStream, Level, Logger } from 'pino';
import { redact } from './redact';

export interface LoggerOptions {
  /** The service's name, `gateway`. */
  readonly service: string;
  /** The replica's name, `gateway-1`. */
  readonly instance: string;
  readonly level?: Level | 'silent';
  /** Standard output where it isn't given. */
  readonly destination?: DestinationStream;
}

/** Members of database errors that hold what people wrote. */
const contents = new Set(['parameters', 'driverError', 'detail', 'where']);

/** An error with its message, stack and causes, and without the values that a query was given. */
const errorInLog = (error: unknown): unknown => withoutContents(serialized(error));

const serialized = (error: unknown): unknown =>
  error instanceof Error ? pino.stdSerializers.errWithCause(error) : error;

const withoutContents = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = Object.entries(value).filter(([name]) => !contents.has(name));
  return Object.fromEntries(
    members.map(([name, member]) => [name, name === 'cause' ? withoutContents(serialized(member)) : member]),
  );
};

/** A structured logger, one JSON object a line, every line {@link redact redacted}. */
export const createLogger = ({ service, instance, level = 'info', destination }: LoggerOptions): Logger => {
  const sink = destination ?? pino.destination(1);
  return pino(
    {
      level,
      base: { service, instance },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: errorInLog, error: errorInLog },
    },
    { write: (line) => void sink.write(redact(line)) },
  );
};
