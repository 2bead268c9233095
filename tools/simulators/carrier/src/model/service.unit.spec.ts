import { SERVICES, pickService } from './service';

describe('the service of a message', () => {
  it.each([
    ['iMessage where the phone has all', null, [SERVICES], 'iMessage'],
    ['RCS where there is no iMessage', null, [['RCS', 'SMS']], 'RCS'],
    ['SMS where there is nothing else', null, [['SMS']], 'SMS'],
    ['none where iMessage is asked for and missing', 'iMessage', [['RCS', 'SMS']], undefined],
    ['SMS where RCS is asked for and missing', 'RCS', [['iMessage', 'SMS']], 'SMS'],
    ['SMS where it is asked for', 'SMS', [SERVICES], 'SMS'],
    ['what everyone in a group has', null, [SERVICES, ['RCS', 'SMS']], 'RCS'],
    ['none where the phone has none', null, [[]], undefined],
  ] as const)('is %s', (_what, preferred, capabilities, expected) => {
    expect(pickService(preferred, capabilities)).toBe(expected);
  });
});
