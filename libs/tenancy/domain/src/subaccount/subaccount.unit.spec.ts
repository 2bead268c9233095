import { epochMs, instant } from '@claw/kernel';
import { changeSubaccount } from './change-subaccount';
import { closeSubaccount } from './close-subaccount';
import { provisionSubaccount, type ProvisionSubaccount } from './provision-subaccount';
import { reactivateSubaccount } from './reactivate-subaccount';
import { rotateSubaccountKey } from './rotate-subaccount-key';
import { evolveSubaccount, subaccountStatus } from './subaccount';
import { isNameSpent, subaccountIdFor } from './subaccount-id';
import {
  at,
  closedEvent,
  keyNamed,
  of,
  provisioned,
  provisionedEvent,
  sendingNumber,
  suspendedFor,
} from './subaccount.fixture';
import { suspendSubaccount } from './suspend-subaccount';

const nothing = { accepted: true, events: [] };
const later = { ...of, at: at(9) };

describe('provisioning a subaccount', () => {
  const agency = { agencyId: 'acme', status: 'active', sendingNumber, openSubaccounts: 0 } as const;
  const command: ProvisionSubaccount = {
    subaccountId: 'sub',
    agency,
    subaccountCap: 10,
    name: 'Sub',
    email: null,
    externalId: null,
    generation: 1,
    messageLimit: 1_000,
    key: keyNamed('first'),
  };

  it("records it with its key and the agency's sending number", () => {
    expect(provisionSubaccount(undefined, command, at(0))).toEqual({
      accepted: true,
      events: [provisionedEvent],
    });
  });

  it('leaves one that is there as it is, even at the cap', () => {
    const repeat = { ...command, name: 'Other', agency: { ...agency, openSubaccounts: 10 } };
    expect(provisionSubaccount(provisioned(), repeat, at(9))).toEqual(nothing);
  });

  it('is refused at the cap', () => {
    const atCap = { ...command, agency: { ...agency, openSubaccounts: 10 } };
    expect(provisionSubaccount(undefined, atCap, at(0))).toMatchObject({ code: 'subaccount_limit_reached' });
  });

  it.each(['pending', 'suspended'] as const)('is refused while the agency is %s', (status) => {
    const stopped = { ...command, agency: { ...agency, status } };
    expect(provisionSubaccount(undefined, stopped, at(0))).toMatchObject({ code: 'payment_required' });
  });
});

describe('the id of a subaccount', () => {
  const agencyId = '0193a1f0-0000-7000-8000-000000000001';
  const naming = { agencyId, externalId: 'x', idempotencyKey: undefined };

  it('is the same for the same external id, in a generation', () => {
    expect(subaccountIdFor(naming, 1)).toBe(subaccountIdFor({ ...naming, idempotencyKey: 'other' }, 1));
    expect(subaccountIdFor(naming, 1)).not.toBe(subaccountIdFor(naming, 2));
  });

  it('never changes: what is stored was named by it', () => {
    expect(subaccountIdFor(naming, 1)).toBe('1f840b70-3918-540b-ad85-765237d42399');
  });

  it('is another one in another agency', () => {
    const other = { ...naming, agencyId: '0193a1f0-0000-7000-8000-000000000002' };
    expect(subaccountIdFor(naming, 1)).not.toBe(subaccountIdFor(other, 1));
  });

  it('is the same for the same idempotency key where there is no external id', () => {
    const keyed = { ...naming, externalId: null, idempotencyKey: 'x' };
    expect(subaccountIdFor(keyed, 1)).toBe(subaccountIdFor(keyed, 1));
    expect(subaccountIdFor(keyed, 1)).not.toBe(subaccountIdFor(naming, 1));
  });

  it('is fresh where nothing names it', () => {
    const nameless = { ...naming, externalId: null };
    expect(subaccountIdFor(nameless, 1)).not.toBe(subaccountIdFor(nameless, 1));
  });
});

describe('the name of a subaccount', () => {
  const day = instant(epochMs(at(0)) + 24 * 60 * 60 * 1_000);

  it('is free again after the close where it is an external id', () => {
    const named = { ...provisioned(), externalId: 'x' };
    expect(isNameSpent(named, day)).toBe(false);
    expect(isNameSpent({ ...named, closed: true }, at(1))).toBe(true);
  });

  it('is free again after a day where it is an idempotency key', () => {
    expect(isNameSpent(provisioned(closedEvent), at(1))).toBe(false);
    expect(isNameSpent(provisioned(), day)).toBe(true);
  });
});

describe('changing a subaccount', () => {
  it('records only what is different', () => {
    const change = { name: 'Sub', email: 'a@b.co', messageLimit: 5 };
    expect(changeSubaccount(provisioned(), change, at(9))).toEqual({
      accepted: true,
      events: [
        { type: 'SubaccountDetailsChanged', data: { ...later, email: 'a@b.co' } },
        { type: 'MessageLimitChanged', data: { ...later, messageLimit: 5 } },
      ],
    });
  });

  it('takes an email back', () => {
    const withEmail = provisioned({ type: 'SubaccountDetailsChanged', data: { ...of, email: 'a@b.co' } });
    const decision = changeSubaccount(withEmail, { email: null }, at(9));
    expect(decision).toMatchObject({ events: [{ data: { email: null } }] });
  });

  it('changes nothing where all is the same', () => {
    expect(changeSubaccount(provisioned(), { name: 'Sub', email: null, messageLimit: 1_000 }, at(9))).toEqual(
      nothing,
    );
  });
});

describe('rotating a key', () => {
  it('puts the new key in force and keeps the old hash to refuse it', () => {
    const decision = rotateSubaccountKey(provisioned(), { key: keyNamed('second') }, at(9));
    if (!decision.accepted) throw new Error(decision.code);
    const rotated = decision.events.reduce(evolveSubaccount, provisioned());
    expect(rotated.key).toEqual({ ...keyNamed('second'), since: 1 });
    expect(rotated.formerKeys).toEqual([{ hash: 'first-hash', endedAt: 1 }]);
  });
});

describe('suspending a subaccount', () => {
  it('stops it', () => {
    expect(suspendSubaccount(provisioned(), { reason: 'agency_request' }, at(9))).toEqual({
      accepted: true,
      events: [{ type: 'SubaccountSuspended', data: { ...later, reason: 'agency_request' } }],
    });
  });

  it('changes nothing when repeated for the same reason', () => {
    const suspended = provisioned(suspendedFor('agency_request'));
    expect(suspendSubaccount(suspended, { reason: 'agency_request' }, at(9))).toEqual(nothing);
  });

  it('goes on until every reason is taken back', () => {
    const twice = provisioned(suspendedFor('agency_request'), suspendedFor('operator'));
    const decision = reactivateSubaccount(twice, { reason: 'agency_request' }, at(9));
    if (!decision.accepted) throw new Error(decision.code);
    expect(subaccountStatus(decision.events.reduce(evolveSubaccount, twice))).toBe('suspended');
  });

  it('takes nothing back that is not there', () => {
    expect(reactivateSubaccount(provisioned(), { reason: 'operator' }, at(9))).toEqual(nothing);
  });
});

describe('closing a subaccount', () => {
  it('ends it for good', () => {
    expect(closeSubaccount(provisioned(), at(0))).toEqual({ accepted: true, events: [closedEvent] });
  });

  it('changes nothing when repeated', () => {
    expect(closeSubaccount(provisioned(closedEvent), at(9))).toEqual(nothing);
  });

  it('leaves nothing to change', () => {
    const closed = provisioned(closedEvent);
    const decisions = [
      changeSubaccount(closed, { name: 'Other' }, at(9)),
      rotateSubaccountKey(closed, { key: keyNamed('x') }, at(9)),
      suspendSubaccount(closed, { reason: 'operator' }, at(9)),
      reactivateSubaccount(closed, { reason: 'operator' }, at(9)),
    ];
    expect(decisions).toEqual(decisions.map(() => expect.objectContaining({ code: 'not_found' })));
  });
});
