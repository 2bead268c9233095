import type { FastifyInstance, FastifyPluginCallback, FastifyReply } from 'fastify';
import { z } from 'zod';
import { BehaviourChange } from '../behaviour/behaviour.schema';
import type { Behaviours } from '../behaviour/behaviours';
import { reachesPhone, textOf } from '../model/message';
import type { Happenings } from '../network/happenings';
import type { Ledger } from '../network/ledger';
import type { Network } from '../network/network';
import { InboundBody, MessagesQuery } from './control.schema';
import { eventStream } from './event-stream';

export interface ControlApiParts {
  readonly behaviours: Behaviours;
  readonly happenings: Happenings;
  readonly ledger: Ledger;
  readonly network: Network;
  readonly durable: () => Promise<void>;
  /** Forgets everything: chats, messages, webhooks that are still to be sent, and behaviour. */
  readonly reset: () => void;
}

/** Answers 400 and names every field that is wrong. */
const badRequest = (reply: FastifyReply, error: z.ZodError): FastifyReply =>
  reply.code(400).send({
    error: {
      code: 'invalid_request',
      message: z.prettifyError(error),
      issues: error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
    },
  });

/** How scripts play the customers and the weather. To be registered under `/sim`. */
export const controlApi =
  ({ behaviours, happenings, ledger, network, durable, reset }: ControlApiParts): FastifyPluginCallback =>
  (app: FastifyInstance, _options, done) => {
    app.post('/inbound', async (request, reply) => {
      const body = InboundBody.safeParse(request.body);
      if (!body.success) return badRequest(reply, body.error);
      const { chat, message } = network.receive(body.data);
      await durable();
      return { message_id: message.id, chat_id: chat.id, at: message.created_at };
    });

    app.get('/messages', async (request, reply) => {
      const query = MessagesQuery.safeParse(request.query);
      if (!query.success) return badRequest(reply, query.error);
      const { to, from } = query.data;
      const data = ledger
        .allMessages()
        .filter((message) => message.direction === 'outbound' && reachesPhone(message))
        .filter((message) => from === undefined || message.sender === from)
        .flatMap((message) =>
          (ledger.chat(message.chat_id)?.recipients ?? []).map((recipient) => ({
            message_id: message.id,
            chat_id: message.chat_id,
            from: message.sender,
            to: recipient,
            text: textOf(message),
            idempotency_key: message.idempotency_key,
            at: message.created_at,
          })),
        )
        .filter((row) => to === undefined || row.to === to);
      return { data };
    });

    app.post('/behaviour', async (request, reply) => {
      const body = BehaviourChange.safeParse(request.body);
      if (!body.success) return badRequest(reply, body.error);
      const setting = behaviours.change(body.data);
      await durable();
      return setting;
    });

    app.get('/behaviour', async () => ({ data: behaviours.list() }));

    app.post('/reset', async () => {
      reset();
      await durable();
      return { reset: true };
    });

    eventStream(app, happenings);
    done();
  };
