import { activateAgency } from './activate-agency';
import { agencyStatus, evolveAgency } from './agency';
import {
  active,
  activated,
  at,
  keyNamed,
  pending,
  registered,
  sendingNumber,
  suspendedFor,
} from './agency.fixture';
import { changeAgencyLimits } from './change-agency-limits';
import { changeHelpText } from './change-help-text';
import { reactivateAgency } from './reactivate-agency';
import { registerAgency } from './register-agency';
import { rotateParentKey } from './rotate-parent-key';
import { suspendAgency } from './suspend-agency';

const nothing = { accepted: true, events: [] };
const of = { agencyId: 'acme', at: at(9) };

describe('registering an agency', () => {
  const command = {
    agencyId: 'acme',
    name: 'Acme',
    email: 'founder@acme.com',
    cardRequired: false,
    key: keyNamed('first'),
  };

  it('records it with its parent key', () => {
    expect(registerAgency(undefined, command, at(0))).toEqual({ accepted: true, events: registered });
  });

  it('leaves one that is there as it is', () => {
    expect(registerAgency(pending(), { ...command, name: 'Other' }, at(9))).toEqual(nothing);
  });

  it('leaves it pending until it has a sending number', () => {
    expect(agencyStatus(pending())).toBe('pending');
    expect(agencyStatus(active())).toBe('active');
  });
});

describe('activating an agency', () => {
  it('gives it its sending number', () => {
    expect(activateAgency(pending(), { sendingNumber }, at(0))).toEqual({
      accepted: true,
      events: [activated],
    });
  });

  it('never gives it another one', () => {
    expect(activateAgency(active(), { sendingNumber: '+15550000002' }, at(9))).toEqual(nothing);
  });
});

describe('rotating the parent key', () => {
  it('puts the new key in force', () => {
    expect(rotateParentKey(active(), { key: keyNamed('second') }, at(9))).toEqual({
      accepted: true,
      events: [{ type: 'ParentKeyRotated', data: { ...of, key: keyNamed('second') } }],
    });
  });

  it('is refused while a payment is missing', () => {
    expect(
      rotateParentKey(active(suspendedFor('payment_failed')), { key: keyNamed('x') }, at(9)),
    ).toMatchObject({
      accepted: false,
      code: 'payment_required',
    });
  });

  it('is refused before the activation', () => {
    expect(rotateParentKey(pending(), { key: keyNamed('x') }, at(9))).toMatchObject({
      code: 'payment_required',
    });
  });
});

describe('changing the help text', () => {
  it('records the new text', () => {
    expect(changeHelpText(active(), { helpText: 'Call us' }, at(9))).toEqual({
      accepted: true,
      events: [{ type: 'HelpTextChanged', data: { ...of, helpText: 'Call us' } }],
    });
  });

  it('changes nothing where the text is the same', () => {
    expect(changeHelpText(active(), { helpText: null }, at(9))).toEqual(nothing);
  });

  it('is refused while the agency is not active', () => {
    expect(changeHelpText(pending(), { helpText: 'Call us' }, at(9))).toMatchObject({
      code: 'payment_required',
    });
  });
});

describe('changing the limits', () => {
  const limits = { sendsPerSecond: 20 };

  it('records all overrides, whatever the standing', () => {
    expect(changeAgencyLimits(pending(), { limits }, at(9))).toEqual({
      accepted: true,
      events: [{ type: 'AgencyLimitsChanged', data: { ...of, limits } }],
    });
  });

  it('changes nothing where they are the same', () => {
    const changed = active({ type: 'AgencyLimitsChanged', data: { ...of, limits } });
    expect(changeAgencyLimits(changed, { limits: { ...limits } }, at(9))).toEqual(nothing);
    expect(changeAgencyLimits(changed, { limits: {} }, at(9))).not.toEqual(nothing);
  });
});

describe('suspending an agency', () => {
  it('stops it', () => {
    expect(suspendAgency(active(), { reason: 'operator' }, at(9))).toEqual({
      accepted: true,
      events: [{ type: 'AgencySuspended', data: { ...of, reason: 'operator' } }],
    });
  });

  it('changes nothing when repeated for the same reason', () => {
    expect(suspendAgency(active(suspendedFor('operator')), { reason: 'operator' }, at(9))).toEqual(nothing);
  });

  it('goes on until every reason is taken back', () => {
    const twice = active(suspendedFor('operator'), suspendedFor('payment_failed'));
    const decision = reactivateAgency(twice, { reason: 'payment_failed' }, at(9));
    expect(agencyStatus(decision.events.reduce(evolveAgency, twice))).toBe('suspended');
  });

  it('takes nothing back that is not there', () => {
    expect(reactivateAgency(active(), { reason: 'operator' }, at(9))).toEqual(nothing);
  });
});
