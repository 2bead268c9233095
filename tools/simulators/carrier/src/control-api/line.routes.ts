import type { FastifyInstance } from 'fastify';
import { badRequest } from './control-answers';
import type { ControlApiParts } from './control-api-parts';
import { LineBody } from './control.schema';

/** Lines are flagged, so that they can't send, and cleared. */
export const lineRoutes = (app: FastifyInstance, { lines, durable }: ControlApiParts): void => {
  app.post('/lines', async (request, reply) => {
    const body = LineBody.safeParse(request.body);
    if (!body.success) return badRequest(reply, body.error);
    const { phone_number, status } = body.data;
    lines.put(phone_number, status);
    await durable();
    return { phone_number, status };
  });

  app.get('/lines', async () => ({ data: lines.list() }));
};
