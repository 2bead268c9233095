import { loadConfig } from '@claw/config';
import { CarrierConfig } from './config';

const env = { HTTP_PORT: '8084', LINQ_API_V3_API_KEY: 'key' };
const read = (more: Record<string, string>) => () => loadConfig(CarrierConfig, { ...env, ...more });

describe('the configuration of the simulator', () => {
  it('needs a port and a key, and no more', () => {
    expect(loadConfig(CarrierConfig, env)).toMatchObject({ LIMITS: 'default', WEBHOOK_RETRY_SCALE: 1 });
    expect(() => loadConfig(CarrierConfig, {})).toThrow(/HTTP_PORT.*LINQ_API_V3_API_KEY/);
  });

  it('needs a signing secret where there are webhooks to sign', () => {
    const WEBHOOK_URL = 'http://127.0.0.1:1/webhooks/carrier';
    expect(read({ WEBHOOK_URL })).toThrow('LINQ_WEBHOOK_SECRET');
    expect(read({ WEBHOOK_URL, LINQ_WEBHOOK_SECRET: 'whsec_' })).toThrow('LINQ_WEBHOOK_SECRET');
    expect(read({ WEBHOOK_URL, LINQ_WEBHOOK_SECRET: 'whsec_c2VjcmV0' })).not.toThrow();
  });

  it('never repeats a wrong secret', () => {
    expect(read({ LINQ_WEBHOOK_SECRET: 'hunter2' })).not.toThrow('hunter2');
  });
});
