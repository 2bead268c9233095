import { natsMicroservice, NatsLink } from '@claw/messaging';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Gateway } from './gateway';

/** Opens `/ws` on the application's HTTP server, and answers the other services' calls. */
export const serveAgents = async (app: NestFastifyApplication): Promise<void> => {
  const gateway = app.get(Gateway);
  gateway.sockets.attach(app.getHttpServer());
  const calls = natsMicroservice({ nats: app.get(NatsLink), queue: 'gateway' });
  app.connectMicroservice(calls);
  gateway.endCallsWith(async () => calls.strategy.close());
  await app.startAllMicroservices();
};
