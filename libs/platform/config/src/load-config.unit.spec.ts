import { z } from 'zod';
import { ConfigError } from './config-error';
import { loadConfig } from './load-config';
import { eventStoreConfig, postgresConfig, serviceConfig } from './shared-config';

const schema = z.object({ ...serviceConfig, ...eventStoreConfig, ...postgresConfig });

const env = {
  INSTANCE: 'gateway-1',
  HTTP_PORT: '8080',
  NATS_URL: 'nats://127.0.0.1:4222',
  EVENTSTORE_URL: 'esdb://127.0.0.1:2113?tls=false',
  POSTGRES_URL: 'postgres://claw:secret@127.0.0.1:5432/claw',
};

const problemsOf = (variables: Record<string, string | undefined>): string => {
  try {
    loadConfig(schema, { ...env, ...variables });
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('it was accepted');
};

describe('a configuration', () => {
  it('is read from the environment, with defaults where a variable may be left out', () => {
    expect(loadConfig(schema, env)).toMatchObject({
      ...env,
      HTTP_PORT: 8080,
      HTTP_HOST: '127.0.0.1',
      LOG_LEVEL: 'info',
      LIMITS: 'default',
    });
  });

  it('is frozen', () => {
    expect(Object.isFrozen(loadConfig(schema, env))).toBe(true);
  });

  it('takes a variable that is set to nothing for absent', () => {
    expect(loadConfig(schema, { ...env, LOG_LEVEL: '' }).LOG_LEVEL).toBe('info');
    expect(problemsOf({ NATS_URL: '' })).toContain('NATS_URL is missing');
  });

  it('takes several NATS servers', () => {
    const NATS_URL = 'nats://a:4222,tls://b:4222';
    expect(loadConfig(schema, { ...env, NATS_URL }).NATS_URL).toBe(NATS_URL);
  });

  it('is refused with every wrong variable named', () => {
    const message = problemsOf({ INSTANCE: undefined, HTTP_PORT: '70000', LIMITS: 'none' });
    expect(message).toContain('INSTANCE is missing');
    expect(message).toContain('HTTP_PORT is wrong: must be a whole number from 0 to 65535');
    expect(message).toContain('LIMITS is wrong');
  });

  it.each(['8080x', '-1', '1e3', '80.5', ' 80', '٣'])('refuses %p for a port', (HTTP_PORT) => {
    expect(problemsOf({ HTTP_PORT })).toContain('HTTP_PORT is wrong');
  });

  it('never says what a wrong value was', () => {
    const secret = 'hunter2';
    for (const variable of Object.keys(schema.shape).filter(
      (name) => name !== 'HTTP_HOST' && name !== 'INSTANCE',
    ))
      expect(problemsOf({ [variable]: `${secret} ` })).not.toContain(secret);
  });
});
