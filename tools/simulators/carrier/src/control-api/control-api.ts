import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import { BehaviourChange } from '../behaviour/behaviour.schema';
import { reachesPhone, textOf } from '../model/message';
import { badRequest } from './control-answers';
import type { ControlApiParts } from './control-api-parts';
import { MessagesQuery } from './control.schema';
import { eventStream } from './event-stream';
import { groupRoutes } from './group.routes';
import { inboundRoutes } from './inbound.routes';
import { lineRoutes } from './line.routes';
import { reactionRoutes } from './reaction.routes';
import { signRoutes } from './sign.routes';

/** How scripts play the customers and the weather. To be registered under `/sim`. */
export const controlApi =
  (parts: ControlApiParts): FastifyPluginCallback =>
  (app: FastifyInstance, _options, done) => {
    const { behaviours, happenings, ledger, durable, reset } = parts;

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

    app.post('/behaviour', async (request, reply) => {
      const body = BehaviourChange.safeParse(request.body);
      if (!body.success) return badRequest(reply, body.error);
      const setting = behaviours.change(body.data);
      await durable();
      return setting;
    });

    app.get('/behaviour', async () => ({ data: behaviours.list() }));

    app.post('/reset', async () => {
      await reset();
      await durable();
      return { reset: true };
    });

    groupRoutes(app, parts);
    inboundRoutes(app, parts);
    lineRoutes(app, parts);
    reactionRoutes(app, parts);
    signRoutes(app, parts);
    eventStream(app, happenings);
    done();
  };
