import { acme, at, claimed, globex, released, routeAfter } from './phone-route.fixture';
import { releasePhoneRoute } from './release-phone-route';

describe('releasing a phone route', () => {
  it('lets the number go for the one who holds it', () => {
    const held = routeAfter(claimed(acme, at(1)));
    expect(releasePhoneRoute(held, { subaccountId: acme.subaccountId, reason: 'requested' }, at(2))).toEqual({
      accepted: true,
      events: [released(acme, at(2))],
    });
  });

  it.each([
    ['nobody ever held', routeAfter()],
    ['another subaccount holds', routeAfter(claimed(acme, at(1)))],
    ['was released already', routeAfter(claimed(globex, at(1)), released(globex, at(2)))],
  ])('answers the same for a number that %s', (_, route) => {
    expect(
      releasePhoneRoute(route, { subaccountId: globex.subaccountId, reason: 'requested' }, at(3)),
    ).toMatchObject({ accepted: false, code: 'not_found' });
  });
});
