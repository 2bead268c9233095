import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { tempDir } from '@claw/testing';
import { openApiDocument } from './openapi.document';

/** In a process of its own, as it is an ES module. */
const validator = join(
  dirname(require.resolve('@seriousme/openapi-schema-validator/package.json')),
  'bin/validate-api-cli.js',
);

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const file = join(await tempDir(), 'openapi.json');
    await writeFile(file, JSON.stringify(openApiDocument('https://claw.example')));
    expect(() => execFileSync(process.execPath, [validator, file], { stdio: 'pipe' })).not.toThrow();
  });
});
