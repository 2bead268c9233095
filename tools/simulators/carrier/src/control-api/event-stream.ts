import type { FastifyInstance } from 'fastify';
import type { Happenings } from '../network/happenings';

/** A watcher that leaves this much unread is cut off rather than kept in memory. */
const MAX_UNREAD_BYTES = 1_048_576;

/** `GET /events`: what happens from now on, as server-sent events named after the kind of happening. */
export const eventStream = (app: FastifyInstance, happenings: Happenings): void => {
  app.get('/events', (_request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    raw.write(': watching\n\n');
    const stop = happenings.listen(({ type, ...rest }) => {
      raw.write(`event: ${type}\ndata: ${JSON.stringify(rest)}\n\n`);
      if (raw.writableLength > MAX_UNREAD_BYTES) raw.destroy();
    });
    raw.on('close', stop);
  });
};
