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

/** A structured logger, one JSON object a line, every line {@link redact redacted}. */
export const createLogger = ({ service, instance, level = 'info', destination }: LoggerOptions): Logger => {
  const sink = destination ?? pino.destination(1);
  return pino(
    {
      level,
      base: { service, instance },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: pino.stdSerializers.errWithCause },
    },
    { write: (line) => void sink.write(redact(line)) },
  );
};
