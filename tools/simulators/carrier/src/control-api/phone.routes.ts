import type { FastifyInstance } from 'fastify';
import type { ChatRecord } from '../model/chat';
import { reachesPhone, textOf } from '../model/message';
import type { ServiceType } from '../model/service';
import { type Thread, toThread } from '../views/thread.view';
import { badRequest } from './control-answers';
import type { ControlApiParts } from './control-api-parts';
import { MessagesQuery, ThreadsQuery } from './control.schema';

/** A customer's number that was seen on the network. */
export interface Phone {
  readonly phone_number: string;
  readonly threads: number;
  /** The lines that it texts with. */
  readonly lines: readonly string[];
  /** ISO time: when something last happened in one of its threads. */
  readonly updated_at: string;
  /** Whether it reads what is delivered to it. */
  readonly read: boolean;
  readonly capabilities: readonly ServiceType[];
}

const everyoneIn = (chat: ChatRecord): string[] => [...chat.recipients, ...Object.keys(chat.gone)];

const latestFirst = (a: { updated_at: string }, b: { updated_at: string }): number =>
  b.updated_at.localeCompare(a.updated_at);

/** What customers see on their phones. */
export const phoneRoutes = (app: FastifyInstance, parts: ControlApiParts): void => {
  const { behaviours, ledger, typing } = parts;

  app.get('/messages', async (request, reply) => {
    const query = MessagesQuery.safeParse(request.query);
    if (!query.success) return badRequest(reply, query.error);
    const { to, from } = query.data;
    const data = ledger
      .allMessages()
      .filter((message) => message.direction === 'outbound' && reachesPhone(message))
      .filter((message) => from === undefined || message.sender === from)
      .flatMap((message) =>
        message.recipients.map((recipient) => ({
          message_id: message.id,
          chat_id: message.chat_id,
          from: message.sender,
          to: recipient,
          text: textOf(message),
          idempotency_key: message.idempotency_key,
          at: message.created_at,
          parts: message.parts,
          service: message.service,
          effect: message.effect,
          reply_to: message.reply_to,
        })),
      )
      .filter((row) => to === undefined || row.to === to);
    return { data };
  });

  app.get('/phones', async () => {
    const threads = new Map<string, ChatRecord[]>();
    for (const chat of ledger.allChats())
      for (const phone of everyoneIn(chat)) threads.set(phone, [...(threads.get(phone) ?? []), chat]);
    const data = [...threads].map(([phone_number, chats]): Phone => {
      const { read, capabilities } = behaviours.effective([phone_number]);
      const updated_at = chats.toSorted(latestFirst)[0]?.updated_at ?? '';
      const lines = [...new Set(chats.map(({ line }) => line))];
      return { phone_number, threads: chats.length, lines, updated_at, read, capabilities };
    });
    return { data: data.sort(latestFirst) };
  });

  app.get('/threads', async (request, reply) => {
    const query = ThreadsQuery.safeParse(request.query);
    if (!query.success) return badRequest(reply, query.error);
    const { phone } = query.data;
    const data = ledger
      .allChats()
      .filter((chat) => everyoneIn(chat).includes(phone))
      .map((chat): Thread => toThread(phone, chat, ledger.messagesIn(chat.id), typing.whoTypesIn(chat.id)));
    return { data: data.sort(latestFirst) };
  });
};
