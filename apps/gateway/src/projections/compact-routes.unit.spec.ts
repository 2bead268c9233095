import fc from 'fast-check';
import { CompactRoutes, type Route } from './compact-routes';

describe('compact routes', () => {
  it('answer as a plain map would, after any claims and releases', () => {
    const digits = fc.integer({ min: 12_125_550_000, max: 12_125_550_030 }).map(String);
    const route = fc.record({
      subaccountId: fc.constantFrom('acme', 'globex', 'initech'),
      claimRevision: fc.nat(1_000),
    });
    const step = fc.tuple(digits, fc.option(route));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const routes = new CompactRoutes();
        const plain = new Map<string, Route>();
        for (const [number, claim] of steps) {
          if (claim === null) {
            routes.delete(number);
            plain.delete(number);
          } else {
            routes.set(number, claim);
            plain.set(number, claim);
          }
        }
        expect(routes.size).toBe(plain.size);
        expect([...routes.keys()].sort()).toEqual([...plain.keys()].sort());
        for (const [number] of steps) expect(routes.get(number)).toEqual(plain.get(number));
      }),
    );
  });

  it('grow, and hold numbers of fifteen digits', () => {
    const routes = new CompactRoutes();
    for (let index = 0; index < 5_000; index += 1) {
      routes.set(String(999_999_999_990_000 + index), {
        subaccountId: `s-${index % 7}`,
        claimRevision: index,
      });
    }
    expect(routes.get('999999999994321')).toEqual({ subaccountId: 's-2', claimRevision: 4_321 });
  });
});
