import { createLogger } from './logger';
import { redact } from './redact';
import { requestIdOf } from './request-id';

const key = `cm_live_Ab3dEf9h_${'s'.repeat(32)}`;

const logged = (write: (logger: ReturnType<typeof createLogger>) => void): string => {
  let output = '';
  write(
    createLogger({ service: 'test', instance: 'test-1', destination: { write: (line) => (output += line) } }),
  );
  return output;
};

describe('what is logged', () => {
  it('cuts a key to its prefix, wherever it stands', () => {
    const output = logged((logger) => {
      logger.info(`hello ${key} and\n${key}`);
      logger.error(
        { err: new Error(`bad key ${key}`, { cause: new Error(key) }), deep: [{ er: { key } }] },
        'failed',
      );
      logger.info({ [key]: 1 }, 'as a name');
    });
    expect(output).not.toContain('ssss');
    expect(output).toContain('cm_live_Ab3dEf9h');
  });

  it.each([
    ['a key in an address', { url: '/ws?key=hunter2&x=1' }],
    ['a later parameter', { url: '/ws?x=1&api_key=hunter2' }],
    ['a bearer token in a message', { note: 'Authorization: Bearer hunter2' }],
    ['a bearer token on a line of its own', { note: 'headers:\nBearer hunter2' }],
    ['a header', { headers: { authorization: 'hunter2', cookie: 'hunter2' } }],
    [
      'a secret member',
      { webhook_secret: 'hunter2', nested: { apiKey: 'hunter2', operatorToken: 'hunter2' } },
    ],
    ['a secret with quotes in it', { password: 'a"hunter2\\' }],
    ['JSON within a string', { body: JSON.stringify({ api_key: 'hunter2', password: 'x"hunter2' }) }],
    ['the password of an address', { url: 'postgres://claw:hunter2@127.0.0.1:5432/claw' }],
  ])('leaves out %s', (_what, fields) => {
    const output = logged((logger) => logger.info(fields, 'seen'));
    expect(output).not.toContain('hunter2');
    expect(JSON.parse(output)).toMatchObject({
      msg: 'seen',
      service: 'test',
      instance: 'test-1',
      level: 'info',
    });
  });

  it('leaves the rest as it is', () => {
    const line = '{"level":"info","url":"/api/routes?limit=5","token_count":3,"msg":"a \\"quoted\\" word"}\n';
    expect(redact(line)).toBe(line);
  });

  it('is redacted in linear time', () => {
    const started = performance.now();
    redact(`{"msg":"${'a'.repeat(500_000)}${'"x'.repeat(50_000)}${'?key'.repeat(50_000)}"}`);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('a request id', () => {
  it('is the caller’s own where it is a sane one', () => {
    expect(requestIdOf('req-1.A_b')).toBe('req-1.A_b');
  });

  it.each([undefined, '', 'a b', 'x'.repeat(129), 'a\nb', '<script>', ['a', 'b']])(
    'is fresh in place of %p',
    (given) => {
      expect(requestIdOf(given)).toMatch(/^[0-9a-f-]{36}$/);
    },
  );
});
