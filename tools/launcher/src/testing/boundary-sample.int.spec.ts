import { execFile } from 'node:child_process';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot } from '@claw/local-servers';
import { z } from 'zod';

const run = promisify(execFile);
const root = workspaceRoot();
const timeoutMs = 120_000;

const reportSchema = z.array(
  z.object({
    filePath: z.string(),
    messages: z.array(z.object({ ruleId: z.string().nullable(), message: z.string() })),
  }),
);

const tool = async (name: string, ...args: string[]): Promise<string> => {
  const { stdout } = await run(join(root, 'node_modules/.bin', name), args, {
    cwd: root,
    env: { ...process.env, NX_DAEMON: 'false' },
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
};

/** ESLint ends with 1 where it finds something: what it found is what is asked for. */
const findings = (error: { code?: number; stdout?: string }): string => {
  if (error.code !== 1 || error.stdout === undefined) throw error;
  return error.stdout;
};

const lintSample = async (): Promise<Record<string, readonly string[]>> => {
  // Without Nx's project graph the rule passes everything over in silence.
  await tool('nx', 'show', 'projects');
  const files = 'tools/boundary-sample/**/*.ts';
  const report = await tool('eslint', '--no-ignore', '--format', 'json', files).catch(findings);
  return Object.fromEntries(
    reportSchema
      .parse(JSON.parse(report))
      .map(({ filePath, messages }) => [
        relative(join(root, 'tools/boundary-sample'), filePath),
        messages.map(({ ruleId, message }) => `${ruleId}: ${message}`),
      ]),
  );
};

describe('the module boundaries', () => {
  it(
    'refuse an import across scopes and one across types, and nothing else',
    async () => {
      expect(await lintSample()).toEqual({
        'across-scopes/src/keeps-to-its-own.ts': [],
        'across-scopes/src/reaches-into-another-context.ts': [
          expect.stringMatching(/^@nx\/enforce-module-boundaries: .*"scope:tenancy" can only depend on/),
        ],
        'across-types/src/depends-on-the-platform.ts': [
          expect.stringMatching(/^@nx\/enforce-module-boundaries: .*"type:domain" can only depend on/),
        ],
      });
    },
    timeoutMs,
  );
});
