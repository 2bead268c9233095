import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import { BehaviourChange } from '../behaviour/behaviour.schema';
import { badRequest } from './control-answers';
import type { ControlApiParts } from './control-api-parts';
import { eventStream } from './event-stream';
import { groupRoutes } from './group.routes';
import { inboundRoutes } from './inbound.routes';
import { lineRoutes } from './line.routes';
import { phoneRoutes } from './phone.routes';
import { reactionRoutes } from './reaction.routes';
import { signRoutes } from './sign.routes';

/** How scripts play the customers and the weather. To be registered under `/sim`. */
export const controlApi =
  (parts: ControlApiParts): FastifyPluginCallback =>
  (app: FastifyInstance, _options, done) => {
    const { behaviours, happenings, durable, reset } = parts;

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
    phoneRoutes(app, parts);
    reactionRoutes(app, parts);
    signRoutes(app, parts);
    eventStream(app, happenings);
    done();
  };
