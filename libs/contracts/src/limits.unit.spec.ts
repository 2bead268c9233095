import { defaultLimits, limitsFor } from './limits';

describe('volume limits', () => {
  it('are the defaults where nothing overrides them', () => {
    expect(limitsFor('default')).toEqual(defaultLimits);
  });

  it('are overridden one by one', () => {
    expect(limitsFor('default', { claimsPerMinute: 7, requestsPerMinute: undefined })).toEqual({
      ...defaultLimits,
      claimsPerMinute: 7,
    });
  });

  it('are a thousandfold when relaxed, overrides too', () => {
    expect(limitsFor('relaxed', { claimsPerMinute: 7 })).toMatchObject({
      claimsPerMinute: 7_000,
      subaccountsPerAgency: 1_000_000,
    });
  });
});
