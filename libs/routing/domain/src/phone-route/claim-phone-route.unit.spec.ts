import { claimPhoneRoute, type ClaimPhoneRoute } from './claim-phone-route';
import { acme, at, claimed, globex, type Holder, phone, released, routeAfter } from './phone-route.fixture';

const claim = (by: Holder, facts: Partial<ClaimPhoneRoute> = {}): ClaimPhoneRoute => ({
  phoneNumber: phone,
  ...by,
  holderClosed: false,
  capReached: false,
  ...facts,
});

describe('claiming a phone route', () => {
  it('gives a number that nobody ever held', () => {
    expect(claimPhoneRoute(routeAfter(), claim(acme), at(1))).toEqual({
      accepted: true,
      events: [claimed(acme, at(1))],
    });
  });

  it('changes nothing where the claimant holds it already, even at its cap', () => {
    const held = routeAfter(claimed(acme, at(1)));
    expect(claimPhoneRoute(held, claim(acme, { capReached: true }), at(2))).toEqual({
      accepted: true,
      events: [],
    });
  });

  it('refuses a number that another subaccount holds, without a word on whose it is', () => {
    const decision = claimPhoneRoute(routeAfter(claimed(acme, at(1))), claim(globex), at(2));
    expect(decision).toMatchObject({ accepted: false, code: 'phone_already_registered' });
    expect(JSON.stringify(decision)).not.toMatch(/acme|first-agency/);
  });

  it('gives a number that was released', () => {
    const free = routeAfter(claimed(acme, at(1)), released(acme, at(2)));
    expect(claimPhoneRoute(free, claim(globex), at(3))).toMatchObject({
      events: [claimed(globex, at(3))],
    });
  });

  it('takes a number from a closed subaccount, and says so in the log', () => {
    const held = routeAfter(claimed(acme, at(1)));
    expect(claimPhoneRoute(held, claim(globex, { holderClosed: true }), at(2))).toEqual({
      accepted: true,
      events: [released(acme, at(2), 'holder_closed'), claimed(globex, at(2))],
    });
  });

  it('refuses one more than the cap', () => {
    expect(claimPhoneRoute(routeAfter(), claim(acme, { capReached: true }), at(1))).toMatchObject({
      code: 'route_limit_reached',
    });
  });

  it('says that the number is taken rather than that the cap is reached', () => {
    const held = routeAfter(claimed(acme, at(1)));
    expect(claimPhoneRoute(held, claim(globex, { capReached: true }), at(2))).toMatchObject({
      code: 'phone_already_registered',
    });
  });

  it('never writes a time before the one already in the log', () => {
    const free = routeAfter(claimed(acme, at(1)), released(acme, at(9)));
    expect(claimPhoneRoute(free, claim(globex), at(5))).toMatchObject({
      events: [claimed(globex, at(9))],
    });
  });
});
