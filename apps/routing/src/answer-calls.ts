import { NatsLink, natsMicroservice } from '@claw/messaging';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Answers other services' calls, shared with the other replicas. */
export const answerCalls = async (app: NestFastifyApplication): Promise<void> => {
  app.connectMicroservice(natsMicroservice({ nats: app.get(NatsLink), queue: 'routing' }));
  await app.startAllMicroservices();
};
