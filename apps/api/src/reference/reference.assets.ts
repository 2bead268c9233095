import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Controller, Get, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { notFound } from '../http/problem.error';
import { referenceScript } from './reference.page';

const folder = dirname(require.resolve('swagger-ui-dist/package.json'));

/** The only files served, so that no path of the request reaches the disk. */
const files: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

/** What the reference page loads. */
@Controller('/docs/assets')
export class ReferenceAssetsController {
  @Get('/start.js')
  start(@Res() reply: FastifyReply): void {
    reply.type('text/javascript; charset=utf-8').send(referenceScript);
  }

  @Get('/:file')
  async file(@Param('file') file: string, @Res() reply: FastifyReply): Promise<void> {
    const type = Object.hasOwn(files, file) ? files[file] : undefined;
    if (type === undefined) throw notFound('file');
    reply
      .type(type)
      .header('cache-control', 'public, max-age=86400')
      .send(await readFile(join(folder, file)));
  }
}
