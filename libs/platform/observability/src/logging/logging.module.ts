import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DynamicModule } from '@nestjs/common';
import { Global, Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Logger } from 'pino';
import { NestLog } from './nest-log';
import { REQUEST_ID_HEADER, requestIdOf } from './request-id';

/** Injects the process's pino logger. */
export const LOGGER = Symbol('LOGGER');

/** Nest's middleware sees a shortened `url`. */
const isProbe = ({ url, originalUrl = url ?? '' }: IncomingMessage & { originalUrl?: string }): boolean =>
  originalUrl.startsWith('/health/') || originalUrl === '/metrics';

/**
 * Nest's own logger, nestjs-pino's `PinoLogger` and {@link LOGGER} on one pino logger, and a line for each request
 * but probes. Headers and bodies are never logged.
 */
@Global()
@Module({})
export class LoggingModule {
  static forRoot(logger: Logger): DynamicModule {
    return {
      module: LoggingModule,
      imports: [
        LoggerModule.forRoot({
          pinoHttp: {
            logger,
            quietReqLogger: true,
            customAttributeKeys: { reqId: 'requestId' },
            genReqId: (request: IncomingMessage & { id?: unknown }) =>
              typeof request.id === 'string' ? request.id : requestIdOf(request.headers[REQUEST_ID_HEADER]),
            autoLogging: { ignore: isProbe },
            customLogLevel: (_request, { statusCode }, error) =>
              error || statusCode >= 500 ? 'error' : 'info',
            serializers: {
              req: ({ method, url }: { method: string; url: string }) => ({ method, url }),
              res: ({ statusCode }: ServerResponse) => ({ statusCode }),
            },
          },
        }),
      ],
      providers: [{ provide: LOGGER, useValue: logger }, NestLog],
      exports: [LOGGER, LoggerModule, NestLog],
    };
  }
}
