import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CarrierWebhook } from './carrier-webhook';

export const carrierWebhookPath = '/webhooks/carrier';
/** Below what a NATS message may hold, the notice around it included. */
export const longestWebhook = 768 * 1024;

/**
 * Serves the carrier's webhooks. In a scope of its own, where no body is parsed: the signature is on the very bytes,
 * and what has none isn't worth parsing.
 */
export const serveCarrierWebhook = async (app: NestFastifyApplication): Promise<void> => {
  const door = app.get(CarrierWebhook);
  await app
    .getHttpAdapter()
    .getInstance()
    .register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(
        '*',
        { parseAs: 'buffer', bodyLimit: longestWebhook },
        (_request, body, done) => done(null, body),
      );
      scope.post(carrierWebhookPath, { bodyLimit: longestWebhook }, async (request, reply) => {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const answer = await door.accept({ headers: request.headers, body });
        return reply.code(answer.status).send(answer.body);
      });
    });
};
