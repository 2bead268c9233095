import { createLogger } from './logger';

const logged = (fields: object): Record<string, unknown> => {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  createLogger({ service: 'test', instance: 'test-1', destination }).error(fields, 'failed');
  return JSON.parse(lines[0] ?? '') as Record<string, unknown>;
};

describe('an error in a log', () => {
  it.each(['err', 'error'])('has its message and stack under `%s`', (name) => {
    expect(logged({ [name]: new TypeError('no such thing') })[name]).toMatchObject({
      type: 'TypeError',
      message: 'no such thing',
      stack: expect.stringContaining('logger.unit.spec'),
    });
  });

  it('never has what a query was given, however deep it lies', () => {
    const inner = { parameters: ['a customer’s words'], detail: 'a customer’s words', code: '22P05' };
    const query = Object.assign(new Error('bad text'), inner, {
      driverError: Object.assign(new Error(), inner),
    });
    const line = logged({ error: new Error('outer', { cause: query }), err: query });
    expect(JSON.stringify(line)).not.toContain('customer');
    expect(line['err']).toMatchObject({ message: 'bad text', code: '22P05' });
  });
});
