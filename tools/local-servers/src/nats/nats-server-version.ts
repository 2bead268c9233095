import { run } from '../process/run';

/** The oldest nats-server that the platform runs on: republish, discard new per subject, KV. */
export const oldestNatsServer = '2.9';

/** `2.9.10` out of `nats-server: v2.9.10`. */
export const parseNatsVersion = (output: string): string | undefined => /v(\d+\.\d+\.\d+)/.exec(output)?.[1];

export const isRecentEnough = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNatsServer.split('.').map(Number);
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor);
};

/** The version of a nats-server binary, or nothing where the file isn't one that runs here. */
export const versionOf = async (binary: string): Promise<string | undefined> => {
  const { code, stdout, stderr } = await run(binary, ['--version'], { timeoutMs: 10_000 });
  return code === 0 ? parseNatsVersion(`${stdout}\n${stderr}`) : undefined;
};
