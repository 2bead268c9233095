import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ChatRecord, peopleIn } from '../model/chat';
import { type ApiRefusal, chatNotFound, isRefusal } from '../model/refusal';
import { refuse } from './answers';
import { ParticipantBody, UpdateChatBody } from './message.schema';
import { parse } from './parse';
import { type PartnerApiParts, isDown } from './partner-api-parts';

type OfChat = FastifyRequest<{ Params: { id: string } }>;

/** Changes to groups. As with Linq the answer says that they are under way, and a webhook that they happened. */
export const groupRoutes = (app: FastifyInstance, parts: PartnerApiParts): void => {
  const { behaviours, groups, ledger, durable } = parts;

  const change = async (
    request: OfChat,
    reply: FastifyReply,
    make: (chat: ChatRecord) => ApiRefusal | undefined,
    answer: object,
  ): Promise<FastifyReply> => {
    const chat = ledger.chat(request.params.id);
    if (chat === undefined) return refuse(request, reply, chatNotFound);
    const refused = isDown(behaviours, request, peopleIn(chat)) ?? make(chat);
    if (refused !== undefined) return refuse(request, reply, refused);
    await durable();
    return reply.code(202).send({ status: 'accepted', ...answer });
  };

  app.post('/chats/:id/participants', async (request: OfChat, reply) => {
    const body = parse(ParticipantBody, request.body);
    if (isRefusal(body)) return refuse(request, reply, body);
    const answer = { message: 'Participant addition queued', trace_id: request.id };
    return change(request, reply, (chat) => groups.add(chat, body.value.handle), answer);
  });

  app.delete('/chats/:id/participants', async (request: OfChat, reply) => {
    const body = parse(ParticipantBody, request.body);
    if (isRefusal(body)) return refuse(request, reply, body);
    const answer = { message: 'Participant removal queued', trace_id: request.id };
    return change(request, reply, (chat) => groups.remove(chat, body.value.handle, 'removed'), answer);
  });

  app.put('/chats/:id', async (request: OfChat, reply) => {
    const body = parse(UpdateChatBody, request.body);
    if (isRefusal(body)) return refuse(request, reply, body);
    const { display_name } = body.value;
    const answer = { chat_id: request.params.id };
    return change(request, reply, (chat) => groups.rename(chat, display_name, chat.line), answer);
  });
};
