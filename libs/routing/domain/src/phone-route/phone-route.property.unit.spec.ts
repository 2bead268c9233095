import fc from 'fast-check';
import { claimPhoneRoute } from './claim-phone-route';
import { ownerAt } from './owner-at';
import { evolvePhoneRoute, type PhoneRoute, type PhoneRouteEvent, unclaimed } from './phone-route';
import { at, phone } from './phone-route.fixture';
import { releasePhoneRoute } from './release-phone-route';

const holders = ['a', 'b', 'c', 'd'] as const;
const command = fc.record({
  verb: fc.constantFrom('claim', 'release', 'close'),
  who: fc.constantFrom(...holders),
  second: fc.integer({ min: 0, max: 3_000 }),
  capReached: fc.boolean(),
});
type Command = typeof command extends fc.Arbitrary<infer Value> ? Value : never;

interface Told {
  readonly route: PhoneRoute;
  readonly history: readonly PhoneRouteEvent[];
  readonly closed: ReadonlySet<string>;
}

/** Runs commands as the edge does: a closed subaccount claims nothing any more. */
const run = (commands: readonly Command[]): Told =>
  commands.reduce<Told>(
    (told, { verb, who, second, capReached }) => {
      if (verb === 'close') return { ...told, closed: new Set([...told.closed, who]) };
      if (verb === 'claim' && told.closed.has(who)) return told;
      const claim = {
        phoneNumber: phone,
        subaccountId: who,
        agencyId: `agency-${who}`,
        holderClosed: told.closed.has(told.route.holding?.subaccountId ?? ''),
        capReached,
      };
      const decision =
        verb === 'claim'
          ? claimPhoneRoute(told.route, claim, at(second))
          : releasePhoneRoute(told.route, { subaccountId: who, reason: 'requested' }, at(second));
      const events = decision.accepted ? decision.events : [];
      return {
        ...told,
        route: events.reduce(evolvePhoneRoute, told.route),
        history: [...told.history, ...events],
      };
    },
    { route: unclaimed, history: [], closed: new Set() },
  );

describe('any history of claims', () => {
  it('alternates between one holder and none', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        run(commands).history.forEach((event, index) => {
          expect(event.type).toBe(index % 2 === 0 ? 'PhoneRouteClaimed' : 'PhoneRouteReleased');
        });
      }),
    );
  });

  it('never goes back in time, so that every moment has at most one owner', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        const times = run(commands).history.map((event) => event.data.at);
        expect(times).toEqual([...times].sort());
      }),
    );
  });

  it('makes the holder of now the owner of every moment since its claim', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), fc.nat(5_000), (commands, later) => {
        const { route, history } = run(commands);
        if (route.holding === undefined) return;
        const since = (Date.parse(route.holding.claimedAt) - Date.parse(at(0))) / 1_000;
        expect(ownerAt(history, at(since + later))).toEqual(route.holding);
      }),
    );
  });

  it('never gives a moment before a claim to the one who claimed', () => {
    fc.assert(
      fc.property(
        fc.array(command, { maxLength: 60 }),
        fc.integer({ min: 1, max: 3_000 }),
        (commands, before) => {
          const { route, history } = run(commands);
          if (route.holding === undefined) return;
          const since = (Date.parse(route.holding.claimedAt) - Date.parse(at(0))) / 1_000;
          expect(ownerAt(history, at(since - before))?.claimRevision).not.toBe(route.holding.claimRevision);
        },
      ),
    );
  });
});
