import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/**
 * Replaces a file in one step with mode 0600: a reader sees the old text or the new, never a part, and nobody
 * but its owner sees either.
 */
export const writePrivateFile = async (path: string, text: string): Promise<void> => {
  const whole = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    const handle = await open(whole, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(whole, path);
  } catch (error) {
    await rm(whole, { force: true });
    throw error;
  }
};
