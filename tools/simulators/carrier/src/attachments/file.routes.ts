import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import { isRefusal } from '../model/refusal';
import { refuse } from '../partner-api/answers';
import { MAX_ATTACHMENT_BYTES, attachmentNotFound, type Attachments } from './attachments';

/** Hands bodies on as streams, whatever they are. To be called within a plugin of its own. */
export const takeFiles = (app: FastifyInstance): void => {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { bodyLimit: MAX_ATTACHMENT_BYTES }, (_request, payload, done) =>
    done(null, payload),
  );
};

/** Where files are uploaded to and downloaded from: the address alone lets in, as with Linq's. */
export const fileRoutes =
  (attachments: Attachments, durable: () => Promise<void>): FastifyPluginCallback =>
  (app: FastifyInstance, _options, done) => {
    takeFiles(app);

    app.put<{ Params: { id: string }; Querystring: { token?: string } }>(
      '/uploads/:id',
      { bodyLimit: MAX_ATTACHMENT_BYTES },
      async (request, reply) => {
        const uploaded = await attachments.upload(request.params.id, {
          token: request.query.token ?? '',
          contentType: request.headers['content-type'],
          body: request.body as Readable,
        });
        if (isRefusal(uploaded)) return refuse(request, reply, uploaded);
        await durable();
        return reply.code(200).send();
      },
    );

    app.get<{ Params: { id: string } }>('/attachments/:id/:filename', async (request, reply) => {
      const found = attachments.find(request.params.id);
      if (found?.uploaded !== true) return refuse(request, reply, attachmentNotFound);
      return reply
        .headers({
          'content-type': found.content_type,
          'content-length': found.size_bytes,
          // People upload what they like, and it comes from where the page is: it must not run there.
          'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
          'x-content-type-options': 'nosniff',
        })
        .send(attachments.read(found.id));
    });
    done();
  };
