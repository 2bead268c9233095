import 'reflect-metadata';
import { STATUS_CODES, type ServerResponse } from 'node:http';
import type { ServiceConfig } from '@claw/config';
import { Draining } from '@claw/health';
import {
  LoggingModule,
  MetricsModule,
  NestLog,
  REQUEST_ID_HEADER,
  createLogger,
  startTracing,
} from '@claw/observability';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from 'pino';
import { type BareAnswer, refuseUnreadable, type Unreadable } from './refuse-unreadable';
import { addRequestHooks, genReqId } from './request-hooks';

export interface ServiceAppOptions {
  /** The service's name, `gateway`. */
  readonly service: string;
  readonly config: ServiceConfig;
  /** The largest body that is read, in bytes; 256 KiB where it isn't given. */
  readonly bodyLimit?: number;
  /** Take the caller's address from `X-Forwarded-For`: only behind a proxy that sets it. */
  readonly trustProxy?: boolean;
  /** Keep each raw body beside the parsed one, to verify a signature on. */
  readonly rawBody?: boolean;
  /** Answers a request whose address can't be read or has too long a part; a bare 404 where it isn't given. */
  readonly unroutable?: (requestId: string) => UnroutableAnswer;
  /** Answers what is no readable request at all; a line of text where it isn't given. */
  readonly unreadable?: Unreadable;
  /** In place of one that writes to standard output. */
  readonly logger?: Logger;
}

export interface UnroutableAnswer extends BareAnswer {
  readonly status: number;
}

const notThere = (): UnroutableAnswer => ({ status: 404, contentType: 'text/plain', body: 'not found' });

const notUnderstood: Unreadable = (status) => ({
  contentType: 'text/plain',
  body: STATUS_CODES[status] ?? '',
});

const BODY_LIMIT = 256 * 1024;

/** A service's process from the inside: made, then listening, then stopped. */
export class ServiceApp {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly logger: Logger,
    private readonly config: ServiceConfig,
    private readonly stopTracing: () => Promise<void>,
  ) {}

  /**
   * Nest on Fastify with the platform's logger, `/metrics`, request ids and traces around the service's own module,
   * which brings `HealthModule`. Rejects where a provider can't be made; nothing listens yet.
   */
  static async create(module: Type | DynamicModule, options: ServiceAppOptions): Promise<ServiceApp> {
    const { service, config, unroutable = notThere, unreadable = notUnderstood } = options;
    const logger =
      options.logger ?? createLogger({ service, instance: config.INSTANCE, level: config.LOG_LEVEL });
    const stopTracing = startTracing({
      service,
      instance: config.INSTANCE,
      endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
    });
    const adapter = new FastifyAdapter({
      bodyLimit: options.bodyLimit ?? BODY_LIMIT,
      trustProxy: options.trustProxy ?? false,
      genReqId,
      requestIdHeader: false,
      // No hook and no filter sees such a request.
      frameworkErrors: (_error: Error, { id }: { readonly id: string }, { raw }: { raw: ServerResponse }) => {
        const { status, contentType, body } = unroutable(id);
        raw.writeHead(status, { [REQUEST_ID_HEADER]: id, 'content-type': contentType }).end(body);
      },
      clientErrorHandler: refuseUnreadable(unreadable),
      forceCloseConnections: 'idle',
    });
    addRequestHooks(adapter.getInstance(), logger);
    const root: DynamicModule = {
      module: Root,
      imports: [LoggingModule.forRoot(logger), MetricsModule, module],
    };
    const app = await NestFactory.create<NestFastifyApplication>(root, adapter, {
      bufferLogs: true,
      abortOnError: false,
      rawBody: options.rawBody ?? false,
    });
    app.useLogger(app.get(NestLog));
    return new ServiceApp(app, logger, config, stopTracing);
  }

  /** Resolves with the address once requests are answered; rejects where the port is taken. */
  async listen(): Promise<string> {
    await this.app.listen(this.config.HTTP_PORT, this.config.HTTP_HOST);
    const url = await this.app.getUrl();
    this.logger.info({ url }, 'ready to serve');
    return url;
  }

  /**
   * Not ready any more, then Nest's order: `onModuleDestroy` and `beforeApplicationShutdown` while requests are still
   * answered (end what holds a connection open here), the HTTP server once its requests are done, then
   * `onApplicationShutdown` (close stores here).
   */
  async stop(): Promise<void> {
    this.app.get(Draining, { strict: false }).begin();
    await this.app.close();
    await this.stopTracing();
  }
}

class Root {}
