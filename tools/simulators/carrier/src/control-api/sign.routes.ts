import type { FastifyInstance } from 'fastify';
import { isRefusal } from '../model/refusal';
import { chatOf } from './chat-of';
import { badRequest, cannotBe } from './control-answers';
import type { ControlApiParts } from './control-api-parts';
import { ReadBody, TypingBody } from './control.schema';

/** Signs of life from customers: they type, they read. */
export const signRoutes = (app: FastifyInstance, parts: ControlApiParts): void => {
  const { ledger, reading, typing, durable } = parts;

  app.post('/typing', async (request, reply) => {
    const body = TypingBody.safeParse(request.body);
    if (!body.success) return badRequest(reply, body.error);
    const { from, state } = body.data;
    const chat = chatOf(ledger, body.data);
    if (isRefusal(chat)) return cannotBe(reply, chat);
    const refused = state === 'started' ? typing.start(chat, from) : typing.stop(chat, from);
    if (refused !== undefined) return cannotBe(reply, refused);
    await durable();
    return { chat_id: chat.id };
  });

  app.post('/read', async (request, reply) => {
    const body = ReadBody.safeParse(request.body);
    if (!body.success) return badRequest(reply, body.error);
    const chat = chatOf(ledger, body.data);
    if (isRefusal(chat)) return cannotBe(reply, chat);
    reading.byCustomer(chat);
    await durable();
    return { chat_id: chat.id };
  });
};
