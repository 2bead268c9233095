import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Failure } from '../failure';
import type { DataFolder } from './data-folder';
import { writePrivateFile } from './write-private-file';

const secretsSchema = z.object({
  operator_token: z.string().min(32),
  carrier_api_key: z.string().min(32),
  /** In the form of Standard Webhooks: `whsec_` and base64. */
  carrier_webhook_secret: z.string().startsWith('whsec_'),
});

/** What the local platform's parts know each other by. PostgreSQL's password is kept with its cluster. */
export type Secrets = z.infer<typeof secretsSchema>;

const fresh = (): Secrets => ({
  operator_token: `op_${randomBytes(24).toString('hex')}`,
  carrier_api_key: `linq_${randomBytes(24).toString('hex')}`,
  carrier_webhook_secret: `whsec_${randomBytes(32).toString('base64')}`,
});

/** The data folder's secrets, made at the first start and the same ever after (`secrets.json`, mode 0600). */
export const keptSecrets = async ({ secretsFile }: DataFolder): Promise<Secrets> => {
  const text = await readFile(secretsFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new Failure(`${secretsFile} can't be read: ${error.message}`);
  });
  if (text === undefined) {
    const secrets = fresh();
    await writePrivateFile(secretsFile, `${JSON.stringify(secrets, null, 2)}\n`);
    return secrets;
  }
  try {
    return secretsSchema.parse(JSON.parse(text));
  } catch {
    throw new Failure(`${secretsFile} is damaged: restore it, or delete it to have new secrets made`);
  }
};
