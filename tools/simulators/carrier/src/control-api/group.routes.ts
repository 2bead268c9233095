import type { FastifyInstance } from 'fastify';
import { chatNotFound, isRefusal } from '../model/refusal';
import { chatOf } from './chat-of';
import { badRequest, cannotBe } from './control-answers';
import type { ControlApiParts } from './control-api-parts';
import { GroupNameBody, ParticipantsBody } from './control.schema';

/** Customers come into groups, leave them, and name them. */
export const groupRoutes = (app: FastifyInstance, { groups, ledger, durable }: ControlApiParts): void => {
  app.post('/participants', async (request, reply) => {
    const body = ParticipantsBody.safeParse(request.body);
    if (!body.success) return badRequest(reply, body.error);
    const { chat_id, handle, operation } = body.data;
    const chat = ledger.chat(chat_id);
    if (chat === undefined) return cannotBe(reply, chatNotFound);
    const refused =
      operation === 'add'
        ? groups.add(chat, handle)
        : groups.remove(chat, handle, operation === 'leave' ? 'left' : 'removed');
    if (refused !== undefined) return cannotBe(reply, refused);
    await durable();
    return { chat_id, recipients: ledger.chat(chat_id)?.recipients };
  });

  app.post('/group-name', async (request, reply) => {
    const body = GroupNameBody.safeParse(request.body);
    if (!body.success) return badRequest(reply, body.error);
    const chat = chatOf(ledger, body.data);
    if (isRefusal(chat)) return cannotBe(reply, chat);
    const refused = groups.rename(chat, body.data.name, body.data.from);
    if (refused !== undefined) return cannotBe(reply, refused);
    await durable();
    return { chat_id: chat.id, name: body.data.name };
  });
};
