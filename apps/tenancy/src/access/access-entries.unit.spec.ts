import { keys } from '@claw/contracts';
import { instant } from '@claw/kernel';
import { evolveSubaccount, type Subaccount, type SubaccountEvent } from '@claw/tenancy-domain';
import { changedSince, subaccountAccess } from './access-entries';

const of = { agencyId: 'acme', subaccountId: 'sub', at: instant(0) };
const keyNamed = (name: string) => ({ id: name, prefix: `cm_live_${name}`, hash: name });
const provisioned: SubaccountEvent = {
  type: 'SubaccountProvisioned',
  data: {
    ...of,
    name: 'Sub',
    email: null,
    externalId: null,
    generation: 1,
    messageLimit: 5,
    key: keyNamed('first'),
    sendingNumber: '+15550000001',
  },
};
const suspended: SubaccountEvent = { type: 'SubaccountSuspended', data: { ...of, reason: 'operator' } };
const rotated: SubaccountEvent = { type: 'SubaccountKeyRotated', data: { ...of, key: keyNamed('second') } };
const closed: SubaccountEvent = { type: 'SubaccountClosed', data: of };

const after = (...events: readonly SubaccountEvent[]): Subaccount => {
  const state = events.reduce<Subaccount | undefined>(evolveSubaccount, undefined);
  if (!state) throw new Error('no events');
  return state;
};
const accessAfter = (...events: readonly SubaccountEvent[]) =>
  Object.fromEntries(subaccountAccess(after(...events)));

describe('what a subaccount may, as its stream says', () => {
  it('has its key in force', () => {
    expect(accessAfter(provisioned)[keys.apiKey('first')]).toMatchObject({ revoked: false, revision: 0 });
  });

  it('keeps a rotated key, marked, at the revision that ended it', () => {
    const access = accessAfter(provisioned, suspended, rotated, suspended);
    expect(access[keys.apiKey('first')]).toMatchObject({ revoked: true, revision: 2 });
    expect(access[keys.apiKey('second')]).toMatchObject({ revoked: false, revision: 2 });
    expect(access[keys.subaccount('sub')]).toMatchObject({
      keyHash: 'second',
      status: 'suspended',
      revision: 3,
    });
  });

  it('has no key left once it is closed', () => {
    const access = accessAfter(provisioned, rotated, closed);
    expect(access[keys.apiKey('first')]).toMatchObject({ revoked: true });
    expect(access[keys.apiKey('second')]).toMatchObject({ revoked: true, revision: 2 });
    expect(access[keys.subaccount('sub')]).toMatchObject({ status: 'closed' });
  });

  it('changes only what an event is about', () => {
    const changed = changedSince(subaccountAccess(after(provisioned, rotated, suspended)), 2);
    expect(changed.map(([key]) => key)).toEqual([keys.subaccount('sub')]);
  });
});
