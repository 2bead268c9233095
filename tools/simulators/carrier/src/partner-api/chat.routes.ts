import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type ChatRecord, peopleIn } from '../model/chat';
import { type ApiRefusal, chatNotFound, isRefusal } from '../model/refusal';
import { toChat } from '../views/chat.view';
import { refuse } from './answers';
import { ListChatsQuery } from './message.schema';
import { pageOf } from './page';
import { parse } from './parse';
import { type PartnerApiParts, isDown, isListRefused } from './partner-api-parts';

type OfChat = FastifyRequest<{ Params: { id: string } }>;

/** Finding chats, and the signs of life in them: typing and read. */
export const chatRoutes = (app: FastifyInstance, parts: PartnerApiParts): void => {
  const { behaviours, ledger, reading, typing, durable } = parts;

  /** Answers 204 once the sign is given, or why it isn't. */
  const sign = async (
    request: OfChat,
    reply: FastifyReply,
    give: (chat: ChatRecord) => ApiRefusal | undefined,
  ): Promise<FastifyReply> => {
    const chat = ledger.chat(request.params.id);
    if (chat === undefined) return refuse(request, reply, chatNotFound);
    const refused = isDown(behaviours, request, peopleIn(chat)) ?? give(chat);
    if (refused !== undefined) return refuse(request, reply, refused);
    await durable();
    return reply.code(204).send();
  };

  app.get('/chats', async (request, reply) => {
    const query = parse(ListChatsQuery, request.query);
    if (isRefusal(query)) return refuse(request, reply, query);
    const { from, to, limit, cursor } = query.value;
    const about = [from, to].filter((handle) => handle !== undefined);
    const refused = isListRefused(behaviours, request, about);
    if (refused !== undefined) return refuse(request, reply, refused);
    const found = ledger
      .allChats()
      .filter((chat) => from === undefined || chat.line === from)
      .filter((chat) => to === undefined || chat.recipients.includes(to));
    const page = pageOf(found, (chat) => chat.updated_at, limit, cursor);
    if (isRefusal(page)) return refuse(request, reply, page);
    return { chats: page.items.map(toChat), next_cursor: page.next_cursor };
  });

  app.get('/chats/:id', async (request: OfChat, reply) => {
    const chat = ledger.chat(request.params.id);
    return chat === undefined ? refuse(request, reply, chatNotFound) : toChat(chat);
  });

  app.post('/chats/:id/typing', async (request: OfChat, reply) =>
    sign(request, reply, (chat) => typing.start(chat, chat.line)),
  );

  app.delete('/chats/:id/typing', async (request: OfChat, reply) =>
    sign(request, reply, (chat) => typing.stop(chat, chat.line)),
  );

  app.post('/chats/:id/read', async (request: OfChat, reply) =>
    sign(request, reply, (chat) => {
      reading.byLine(chat);
      return undefined;
    }),
  );
};
