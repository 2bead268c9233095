import { automaticText } from './automatic-text';

const acme = { name: 'Acme Realty', helpText: null };

describe('the answer to a keyword', () => {
  it.each(['stop', 'start', 'help'] as const)('names the agency: %s', (keyword) => {
    expect(automaticText(keyword, acme)).toMatch(/^Acme Realty: /);
  });

  it('tells who opted out what happens now and the way back', () => {
    expect(automaticText('stop', acme)).toMatch(/no more messages.*Reply START/);
  });

  it.each(['start', 'help'] as const)('tells about rates and the way out: %s', (keyword) => {
    expect(automaticText(keyword, acme)).toMatch(/data rates may apply.*STOP to opt out/);
  });

  it('is the agency’s own text for HELP, where it has one', () => {
    const helpText = 'Acme Realty: call +1 212 555 0100. Reply STOP to opt out.';
    expect(automaticText('help', { ...acme, helpText })).toBe(helpText);
    expect(automaticText('help', { ...acme, helpText: ' ' })).toBe(automaticText('help', acme));
    expect(automaticText('stop', { ...acme, helpText })).toBe(automaticText('stop', acme));
  });

  it('does without a name that isn’t known', () => {
    expect(automaticText('stop', { name: undefined, helpText: null })).toMatch(/^You have opted out/);
  });
});
