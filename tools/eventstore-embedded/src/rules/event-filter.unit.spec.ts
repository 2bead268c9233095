import { eventFilter } from './event-filter';

const event = { stream: 'agency-1', type: 'AgencyRegistered.v1' };

describe('an event filter', () => {
  it.each([
    [
      'one of its prefixes begins the stream',
      { on: 'stream', regex: '', prefixes: ['phone-', 'agency-'] },
      true,
    ],
    ['none of its prefixes does', { on: 'stream', regex: '', prefixes: ['phone-', 'gency'] }, false],
    ['it has nothing to look for', { on: 'stream', regex: '', prefixes: [] }, false],
    ['a prefix begins the type', { on: 'type', regex: '', prefixes: ['Agency'] }, true],
    ['its pattern is somewhere in the stream', { on: 'stream', regex: 'cy-\\d$', prefixes: [] }, true],
    ['its pattern is not in the type', { on: 'type', regex: '^[^A]', prefixes: [] }, false],
    ['its pattern fits and its prefixes do not', { on: 'type', regex: 'v1$', prefixes: ['none'] }, true],
    ['its prefixes fit and its pattern does not', { on: 'type', regex: 'v2$', prefixes: ['Agency'] }, false],
  ] as const)('looks at the event where %s', (_what, expression, accepted) => {
    expect(eventFilter(expression)(event)).toBe(accepted);
  });

  it('cannot be made of a pattern that is none', () => {
    expect(() => eventFilter({ on: 'stream', regex: '(', prefixes: [] })).toThrow(SyntaxError);
  });
});
