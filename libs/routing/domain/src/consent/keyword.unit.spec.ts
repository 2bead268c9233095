import { keywordOf } from './keyword';

describe('a keyword', () => {
  it.each([
    ...[
      'STOP',
      'STOPALL',
      'UNSUBSCRIBE',
      'CANCEL',
      'END',
      'QUIT',
      'REVOKE',
      'OPT OUT',
      'OPTOUT',
      'opt-out',
    ].map((word) => [word, 'stop']),
    ...['START', 'YES', 'UNSTOP'].map((word) => [word, 'start']),
    ...['HELP', 'INFO'].map((word) => [word, 'help']),
  ])('is %s, which means %s', (word, keyword) => {
    expect(keywordOf(word)).toBe(keyword);
  });

  it.each([
    'stop',
    'Stop',
    ' sToP ',
    'STOP.',
    'stop!!!',
    'Stop…',
    'stop ?!',
    '\n\tstop\r\n',
    '\u00a0Stop\u00a0.',
    'STOP”',
    'opt  out.',
    'Opt\nOut',
  ])('is forgiven its spelling: %j', (text) => {
    expect(keywordOf(text)).toBe('stop');
  });

  it.each([
    '',
    '.',
    'please stop',
    'stop it',
    'stop, please',
    'Don’t stop',
    'stopp',
    'S T O P',
    'non-stop',
    'yes please',
    'yesterday',
    'the end',
    'help me',
    'STOP\u200b',
    `stop${'.'.repeat(10_000)}`,
  ])('isn’t what only holds one, or looks like one: %j', (text) => {
    expect(keywordOf(text)).toBeUndefined();
  });

  it('is found or missed at once, whatever is sent', () => {
    const began = performance.now();
    for (const text of [' '.repeat(10_000), '. '.repeat(5_000), `a${'!'.repeat(9_998)}a`]) keywordOf(text);
    expect(performance.now() - began).toBeLessThan(50);
  });
});
