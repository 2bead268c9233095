import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** What the build makes of `page/`, beside what it makes of this file. */
const FOLDER = join(__dirname, '../page');

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
};

/** Nothing but the page's own files runs in it; pictures come from wherever people sent them from. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' http: https: data:; " +
  "media-src 'self' http: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const send = async (reply: FastifyReply, file: string): Promise<FastifyReply> => {
  const type = TYPES[extname(file)];
  const text =
    type === undefined ? undefined : await readFile(join(FOLDER, file), 'utf8').catch(() => undefined);
  if (type === undefined || text === undefined) return reply.code(404).send('not found, or not built');
  return reply
    .headers({
      'content-type': type,
      'content-security-policy': POLICY,
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
    })
    .send(text);
};

/** The page with the virtual phones. It needs the built files: `node tools/build/build.mjs`. */
export const pageRoutes = (app: FastifyInstance): void => {
  app.get('/', (_request, reply) => send(reply, 'index.html'));
  app.get<{ Params: { file: string } }>('/page/:file', (request, reply) => {
    const { file } = request.params;
    return send(reply, /^[\w-]+\.(js|css)$/.test(file) ? file : '');
  });
};
