import { connect } from 'node:net';
import { httpAnswers } from '@claw/local-servers';

const timeoutMs = 1_000;

const accepts = ({ hostname, port }: URL): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port), timeout: timeoutMs });
    const end = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });

/** Whether a health address of `run.json` answers well within a second. */
export const isHealthy = (health: string): Promise<boolean> => {
  const url = new URL(health);
  return url.protocol === 'tcp:' ? accepts(url) : httpAnswers(health).catch(() => false);
};
