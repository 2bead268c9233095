import { Injectable } from '@nestjs/common';
import { Logger } from 'nestjs-pino';

/** Nest tells of each module and route that it makes: dozens of lines at every start that say what the code says. */
const talkative: ReadonlySet<unknown> = new Set([
  'InstanceLoader',
  'NestApplication',
  'NestFactory',
  'NestMicroservice',
  'RouterExplorer',
  'RoutesResolver',
]);

/** Nest's own logger, on the platform's, without what it tells of its making; its warnings and errors stay. */
@Injectable()
export class NestLog extends Logger {
  override log(message: unknown, ...rest: unknown[]): void {
    if (!talkative.has(rest.at(-1))) super.log(message, ...rest);
  }
}
