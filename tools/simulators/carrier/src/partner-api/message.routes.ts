import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Attachments, toPartByUrl } from '../attachments/attachments';
import type { SendCommand } from '../model/decide-send';
import { peopleIn } from '../model/chat';
import type { CarriedPart, MediaPart } from '../model/message';
import { type ApiRefusal, allOf, chatNotFound, isRefusal, messageNotFound } from '../model/refusal';
import type { Placed } from '../network/ledger';
import { toCreatedChat, toMessage, toSentMessage } from '../views/message.view';
import { refuse } from './answers';
import {
  CreateChatBody,
  ListMessagesQuery,
  type MessageContent,
  type OfferedMedia,
  SendMessageBody,
} from './message.schema';
import { pageOf } from './page';
import { parse } from './parse';
import { type PartnerApiParts, isDown, isListRefused, onDemand } from './partner-api-parts';

const toMedia = (part: OfferedMedia, attachments: Attachments): MediaPart | ApiRefusal =>
  part.url === undefined ? attachments.toPart(part.attachment_id ?? '') : toPartByUrl({ url: part.url });

const toCommand = (content: MessageContent, attachments: Attachments): SendCommand | ApiRefusal => {
  const parts = allOf<CarriedPart>(
    content.parts.map((part) => (part.type === 'media' ? toMedia(part, attachments) : part)),
  );
  if (isRefusal(parts)) return parts;
  return {
    parts,
    preferred_service: content.preferred_service ?? null,
    idempotency_key: content.idempotency_key ?? null,
    effect: content.effect ?? null,
    reply_to: content.reply_to ?? null,
  };
};

/** Sending and reading messages. */
export const messageRoutes = (app: FastifyInstance, parts: PartnerApiParts): void => {
  const { attachments, behaviours, ledger, network, durable } = parts;

  /** Sends, then answers once the message can't be lost any more, or not at all where that was asked for. */
  const answerSend = async (
    request: FastifyRequest,
    reply: FastifyReply,
    people: readonly string[],
    content: MessageContent,
    send: (command: SendCommand) => Placed | ApiRefusal,
    toAnswer: (placed: Placed) => { status: number; body: object },
  ): Promise<FastifyReply> => {
    const down = isDown(behaviours, request, people);
    if (down !== undefined) return refuse(request, reply, down);
    const { fail, timeout } = behaviours.effective(people);
    if (fail !== undefined) {
      behaviours.spend('fail', people);
      return refuse(request, reply, onDemand(fail));
    }
    const command = toCommand(content, attachments);
    if (isRefusal(command)) return refuse(request, reply, command);
    const placed = send(command);
    if (isRefusal(placed)) return refuse(request, reply, placed);
    if (timeout !== false) behaviours.spend('timeout', people);
    await durable();
    if (timeout !== false) return reply.hijack();
    const { status, body } = toAnswer(placed);
    return reply.code(status).send(body);
  };

  app.post('/chats', async (request, reply) => {
    const body = parse(CreateChatBody, request.body);
    if (isRefusal(body)) return refuse(request, reply, body);
    const { from, to, message } = body.value;
    return answerSend(
      request,
      reply,
      [from, ...to],
      message,
      (command) => network.sendTo(from, to, command),
      (placed) => ({ status: 201, body: toCreatedChat(placed) }),
    );
  });

  app.post<{ Params: { id: string } }>('/chats/:id/messages', async (request, reply) => {
    const body = parse(SendMessageBody, request.body);
    if (isRefusal(body)) return refuse(request, reply, body);
    const chat = ledger.chat(request.params.id);
    if (chat === undefined) return refuse(request, reply, chatNotFound);
    return answerSend(
      request,
      reply,
      peopleIn(chat),
      body.value.message,
      (command) => network.sendInto(chat.id, command),
      (placed) => ({ status: 202, body: { chat_id: placed.chat.id, message: toSentMessage(placed) } }),
    );
  });

  app.get<{ Params: { id: string } }>('/chats/:id/messages', async (request, reply) => {
    const query = parse(ListMessagesQuery, request.query);
    if (isRefusal(query)) return refuse(request, reply, query);
    const chat = ledger.chat(request.params.id);
    if (chat === undefined) return refuse(request, reply, chatNotFound);
    const refused = isListRefused(behaviours, request, peopleIn(chat));
    if (refused !== undefined) return refuse(request, reply, refused);
    const { limit, cursor } = query.value;
    const found = ledger.messagesIn(chat.id);
    const page = pageOf(found, (message) => message.created_at, limit, cursor);
    if (isRefusal(page)) return refuse(request, reply, page);
    return {
      messages: page.items.map((message) => toMessage(chat, message)),
      next_cursor: page.next_cursor,
    };
  });

  app.get<{ Params: { id: string } }>('/messages/:id', async (request, reply) => {
    const found = ledger.placed(request.params.id);
    return found === undefined
      ? refuse(request, reply, messageNotFound)
      : toMessage(found.chat, found.message);
  });
};
