import { isRecentEnough, parseNatsVersion } from './nats-server-version';

describe('the version of a nats-server', () => {
  it('is read from what the server prints', () => {
    expect(parseNatsVersion('nats-server: v2.10.7\n')).toBe('2.10.7');
  });

  it('is nothing where something else was printed', () => {
    expect(parseNatsVersion('Hello')).toBeUndefined();
  });

  it.each([
    ['2.8.4', false],
    ['1.30.0', false],
    ['2.9.0', true],
    ['2.10.7', true],
    ['3.0.0', true],
  ])('%s is recent enough: %s', (version, enough) => {
    expect(isRecentEnough(version)).toBe(enough);
  });
});
