import type { AgencyEntry, SubaccountEntry } from '@claw/contracts';
import { standingOf } from './standing';

const subaccount = (status: SubaccountEntry['status']): SubaccountEntry => ({
  agencyId: 'a',
  status,
  messageLimit: 1,
  keyHash: '',
  revision: 0,
});
const agency = (status: AgencyEntry['status']): AgencyEntry => ({
  status,
  suspensions: [],
  sendingNumber: null,
  keyHash: null,
  helpText: null,
  limits: {},
  revision: 0,
});

describe('whether a subaccount may send', () => {
  it.each([
    ['active', 'active', 'active'],
    ['active', 'suspended', 'suspended'],
    ['active', 'pending', 'suspended'],
    ['suspended', 'active', 'suspended'],
    ['closed', 'active', 'closed'],
    ['closed', 'suspended', 'closed'],
  ] as const)('%s in an agency that is %s: %s', (own, ofAgency, standing) => {
    expect(standingOf(subaccount(own), agency(ofAgency))).toBe(standing);
  });

  it('nobody knows: closed', () => {
    expect(standingOf(undefined, agency('active'))).toBe('closed');
    expect(standingOf(subaccount('active'), undefined)).toBe('closed');
  });
});
