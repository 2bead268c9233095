import { Agent, createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createProxyServer } from 'http-proxy-3';
import type { Pool } from './pool';
import { answer, answerSocket, headersTooLarge, malformed, notFound, timedOut, unavailable } from './problem';
import { routeOf } from './route';
import type { FrontService } from './route';

/** Longer than any answer takes, so that a replica that hangs is found out. */
const upstreamTimeoutMs = 60_000;

/** Hands each request to a replica of the service it belongs to, sockets included. */
export const createFrontProxy = (pools: Readonly<Record<FrontService, Pool>>): Server => {
  const proxy = createProxyServer({
    agent: new Agent({ keepAlive: true }),
    xfwd: true,
    proxyTimeout: upstreamTimeoutMs,
  });
  // A caller that left while its upgrade was being refused: nobody is there to be told. Without a listener the
  // library throws, and takes everybody else's sockets with it.
  proxy.on('error', (_error, _request, response) => response?.destroy());
  // An answer that broke off half-way must not look whole to the caller.
  proxy.on('proxyRes', (upstream, _request, response) => {
    upstream.once('close', () => {
      if (!upstream.complete) response.destroy();
    });
  });

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const service = routeOf(request.url ?? '/');
    if (service === undefined) return answer(response, notFound);
    const origin = pools[service].next();
    if (origin === undefined) return answer(response, unavailable);
    proxy.web(request, response, { target: origin }, (error) => {
      if (isConnectionRefused(error)) pools[service].markDown(origin);
      answer(response, unavailable);
    });
  };

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    socket.on('error', () => socket.destroy());
    if (routeOf(request.url ?? '/') !== 'gateway') return answerSocket(socket, notFound);
    const origin = pools.gateway.next();
    if (origin === undefined) return answerSocket(socket, unavailable);
    let upgraded = false;
    socket.once('pipe', () => (upgraded = true));
    proxy.ws(request, socket, head, { target: origin }, (error) => {
      if (isConnectionRefused(error)) pools.gateway.markDown(origin);
      if (upgraded) socket.destroy();
      else answerSocket(socket, unavailable);
    });
  };

  return createServer({ keepAliveTimeout: 65_000 }, onRequest)
    .on('upgrade', onUpgrade)
    .on('clientError', onUnreadable);
};

/** What Node could not read as a request. */
const onUnreadable = (error: NodeJS.ErrnoException, socket: Duplex): void => {
  if (error.code === 'HPE_HEADER_OVERFLOW') answerSocket(socket, headersTooLarge);
  else if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') answerSocket(socket, timedOut);
  else if (error.code === 'ECONNRESET') socket.destroy();
  else answerSocket(socket, malformed);
};

const isConnectionRefused = (error: Error): boolean => 'code' in error && error.code === 'ECONNREFUSED';
