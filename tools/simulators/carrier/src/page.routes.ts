import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** What the build makes of `page/`, beside what it makes of this file. */
const FOLDER = join(__dirname, '../page');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

/**
 * Nothing but the page's own files runs in it, and it asks nobody but the carrier. Only the pictures, films and sounds
 * of messages come from where agents let them lie.
 *
 * @param url where the carrier's own files are, whatever name the page is opened by
 */
const policy = (url: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    `img-src 'self' ${url} https: data: blob:`,
    `media-src 'self' ${url} https:`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** The page with the virtual phones, at `/`. It needs the built files: `node tools/build/build.mjs`. */
export const pageRoutes = (app: FastifyInstance, url: () => string): void => {
  const send = async (reply: FastifyReply, file: string): Promise<FastifyReply> => {
    const type = TYPES[extname(file)];
    const text =
      type === undefined ? undefined : await readFile(join(FOLDER, file), 'utf8').catch(() => undefined);
    if (type === undefined || text === undefined) return reply.code(404).send('not found, or not built');
    return reply
      .headers({
        'content-type': type,
        'content-security-policy': policy(url()),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-cache',
      })
      .send(text);
  };

  app.get('/', (_request, reply) => send(reply, 'index.html'));
  app.get<{ Params: { file: string } }>('/page/:file', (request, reply) => {
    const { file } = request.params;
    return send(reply, /^[\w-]+\.(js|js\.map|css|svg)$/.test(file) ? file : '');
  });
};
