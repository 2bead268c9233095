import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { type HttpLogger, pinoHttp } from 'pino-http';

const isProbe = ({ url }: IncomingMessage): boolean =>
  (url ?? '').startsWith('/health/') || url === '/metrics';

/** Writes a line for each request but probes, by the request's own `id`. Headers and bodies are never logged. */
export const requestLog = (logger: Logger): HttpLogger =>
  pinoHttp({
    logger,
    quietReqLogger: true,
    customAttributeKeys: { reqId: 'requestId' },
    genReqId: ({ id }) => id,
    autoLogging: { ignore: isProbe },
    customLogLevel: (_request, { statusCode }, error) => (error || statusCode >= 500 ? 'error' : 'info'),
    serializers: {
      req: ({ method, url }: { method: string; url: string }) => ({ method, url }),
      res: ({ statusCode }: ServerResponse) => ({ statusCode }),
    },
  });
