import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import { refusal } from '../model/refusal';
import { refuse } from './answers';
import { attachmentRoutes } from './attachment.routes';
import { bearerChecker } from './bearer';
import { capabilityRoutes } from './capability.routes';
import { chatRoutes } from './chat.routes';
import { groupRoutes } from './group.routes';
import { messageRoutes } from './message.routes';
import { phoneNumberRoutes } from './phone-number.routes';
import { reactionRoutes } from './reaction.routes';
import { type PartnerApiParts, isDown } from './partner-api-parts';

/** Linq's Partner API v3, as far as messaging needs it. To be registered under `/v3`. */
export const partnerApi =
  (parts: PartnerApiParts): FastifyPluginCallback =>
  (app: FastifyInstance, _options, done) => {
    const isBearer = bearerChecker(parts.apiKey);
    app.decorateRequest('people');

    app.addHook('onRequest', async (request, reply) => {
      const down = isDown(parts.behaviours, request, []);
      if (down !== undefined) return refuse(request, reply, down);
      if (isBearer(request.headers.authorization)) return undefined;
      return refuse(request, reply, refusal(401, 2004, 'unauthorized'));
    });
    app.addHook('onSend', async (request) => {
      const { answer_ms } = parts.behaviours.effective(request.people).delays;
      if (answer_ms > 0) await pause(answer_ms);
    });
    app.setErrorHandler<Error & { statusCode?: number }>((error, request, reply) => {
      const status = error.statusCode ?? 500;
      if (status < 500) return refuse(request, reply, refusal(status, 1003, error.message));
      request.log.error({ err: error }, 'request failed');
      return refuse(request, reply, refusal(500, 3001, 'internal error'));
    });
    app.setNotFoundHandler((request, reply) =>
      refuse(request, reply, refusal(404, 1005, 'the simulator has no such endpoint')),
    );

    attachmentRoutes(app, parts);
    chatRoutes(app, parts);
    groupRoutes(app, parts);
    messageRoutes(app, parts);
    reactionRoutes(app, parts);
    capabilityRoutes(app, parts);
    phoneNumberRoutes(app, parts);
    done();
  };
