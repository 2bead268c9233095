import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import { type Attachments, toPartByUrl } from '../attachments/attachments';
import { contentTypeOf } from '../attachments/content-type';
import { takeFiles } from '../attachments/file.routes';
import type { CarriedPart, MediaPart } from '../model/message';
import { type ApiRefusal, allOf, isRefusal } from '../model/refusal';
import { chatOf } from './chat-of';
import { badRequest, cannotBe } from './control-answers';
import type { ControlApiParts } from './control-api-parts';
import { FileQuery, InboundBody, type Media } from './control.schema';

const toMedia = (media: Media, attachments: Attachments): MediaPart | ApiRefusal =>
  'url' in media ? toPartByUrl(media) : attachments.toPart(media.attachment_id);

/** The text first, then the files. */
const toParts = ({ text, media = [] }: InboundBody, attachments: Attachments): CarriedPart[] | ApiRefusal => {
  const files = allOf(media.map((file) => toMedia(file, attachments)));
  if (isRefusal(files)) return files;
  return text === undefined ? files : [{ type: 'text', value: text }, ...files];
};

/** Customers text, with or without files. */
export const inboundRoutes = (app: FastifyInstance, parts: ControlApiParts): void => {
  const { attachments, ledger, network, durable } = parts;

  app.post('/inbound', async (request, reply) => {
    const body = InboundBody.safeParse(request.body);
    if (!body.success) return badRequest(reply, body.error);
    const carried = toParts(body.data, attachments);
    if (isRefusal(carried)) return cannotBe(reply, carried);
    const { from, to, group = [] } = body.data;
    const into = to === undefined ? chatOf(ledger, body.data) : network.chatWith(to, [from, ...group]);
    if (isRefusal(into)) return cannotBe(reply, into);
    const placed = network.receive({ ...body.data, chat: into, parts: carried });
    if (isRefusal(placed)) return cannotBe(reply, placed);
    const { chat, message } = placed;
    await durable();
    return { message_id: message.id, chat_id: chat.id, at: message.created_at };
  });

  app.register(uploads(parts));
};

/** `POST /attachments?filename=`: the body is the file, as a phone would upload it. */
const uploads =
  ({ attachments, durable }: ControlApiParts): FastifyPluginCallback =>
  (app, _options, done) => {
    takeFiles(app);
    app.post('/attachments', async (request, reply) => {
      const query = FileQuery.safeParse(request.query);
      if (!query.success) return badRequest(reply, query.error);
      const { filename } = query.data;
      const kept = await attachments.keep(filename, contentTypeOf(filename), request.body as Readable);
      if (isRefusal(kept)) return cannotBe(reply, kept);
      await durable();
      return attachments.toPart(kept.id);
    });
    done();
  };
