import { ownerAt } from './owner-at';
import { acme, at, claimed, globex, released } from './phone-route.fixture';

const history = [
  claimed(acme, at(10)),
  released(acme, at(20)),
  claimed(globex, at(30)),
  released(globex, at(40), 'holder_closed'),
  claimed(acme, at(40)),
];

describe('the owner of a number at a moment', () => {
  it.each([
    [9, undefined],
    [10, 'acme'],
    [19, 'acme'],
    [20, undefined],
    [29, undefined],
    [30, 'globex'],
    [39, 'globex'],
    [40, 'acme'],
    [9_999, 'acme'],
  ])('at second %i is %s', (second, owner) => {
    expect(ownerAt(history, at(second))?.subaccountId).toBe(owner);
  });

  it('is nobody where the number was never claimed', () => {
    expect(ownerAt([], at(1))).toBeUndefined();
  });

  it('tells each claim of the same subaccount from the others', () => {
    expect(ownerAt(history, at(12))?.claimRevision).toBe(0);
    expect(ownerAt(history, at(50))?.claimRevision).toBe(4);
  });

  it('compares moments, not their spelling', () => {
    expect(ownerAt(history, '2030-01-01T13:00:12+01:00' as never)?.subaccountId).toBe('acme');
  });
});
