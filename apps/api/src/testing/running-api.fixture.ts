import { createLogger } from '@claw/observability';
import { ServiceApp } from '@claw/service';
import { eventually } from '@claw/testing';
import { AppModule } from '../app.module';
import { readConfig } from '../config';
import { acceptJsonBodies } from '../http/json-body';
import { unreadable, unroutable } from '../http/unroutable';

export const operatorToken = 'an-operator-token-of-the-tests';

/** An api as it ships, within this process. */
export interface RunningApi {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts one on a free port, ready, with limits as in production. */
export const startApi = async (natsUrl: string, instance = 'api-1'): Promise<RunningApi> => {
  const config = readConfig({
    INSTANCE: instance,
    HTTP_PORT: '0',
    NATS_URL: natsUrl,
    OPERATOR_TOKEN: operatorToken,
    PUBLIC_URL: 'https://claw.example',
  });
  const logger = createLogger({ service: 'api', instance, level: 'silent' });
  const options = { service: 'api', config, logger, trustProxy: true, unroutable, unreadable };
  const running = await ServiceApp.create(AppModule.with(config, logger), options);
  acceptJsonBodies(running.app);
  const url = await running.listen();
  await eventually(async () => {
    const { status } = await fetch(`${url}/health/ready`);
    if (status !== 200) throw new Error(`not ready: ${status}`);
  });
  return { url, stop: () => running.stop() };
};
