import { maxBodyBytes } from '@claw/contracts';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { ProblemError } from './problem.error';

/**
 * Bodies are JSON or absent. An empty one counts as absent whatever its content type says, since many clients
 * always send the header.
 */
export const acceptJsonBodies = (app: NestFastifyApplication): void => {
  app.getHttpAdapter().getInstance().removeAllContentTypeParsers();
  app.useBodyParser('application/json', { bodyLimit: maxBodyBytes }, (_request, body, done) => {
    const text = body.toString();
    try {
      done(null, text === '' ? undefined : JSON.parse(text));
    } catch {
      done(new ProblemError('malformed_json', 'The body must be valid JSON.'), undefined);
    }
  });
};
