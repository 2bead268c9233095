import fc from 'fast-check';
import type { SuspensionReason } from '../suspension';
import { closeSubaccount } from './close-subaccount';
import { reactivateSubaccount } from './reactivate-subaccount';
import { rotateSubaccountKey } from './rotate-subaccount-key';
import { evolveSubaccount, subaccountStatus, type Subaccount } from './subaccount';
import { at, keyNamed, provisioned } from './subaccount.fixture';
import { suspendSubaccount } from './suspend-subaccount';

const reasons: readonly SuspensionReason[] = ['agency_request', 'payment_failed', 'operator'];
const wish = fc.oneof(
  fc.record({ verb: fc.constantFrom('suspend', 'reactivate'), reason: fc.constantFrom(...reasons) }),
  fc.record({ verb: fc.constant('rotate'), key: fc.string({ minLength: 1 }) }),
  fc.constant({ verb: 'close' }),
);
type Wish = { readonly verb: string; readonly reason?: SuspensionReason; readonly key?: string };

const decide = (subaccount: Subaccount, { verb, reason = 'operator', key = '' }: Wish) => {
  switch (verb) {
    case 'suspend':
      return suspendSubaccount(subaccount, { reason }, at(1));
    case 'reactivate':
      return reactivateSubaccount(subaccount, { reason }, at(1));
    case 'rotate':
      return rotateSubaccountKey(subaccount, { key: keyNamed(key) }, at(1));
    default:
      return closeSubaccount(subaccount, at(1));
  }
};

const after = (subaccount: Subaccount, next: Wish): Subaccount => {
  const decision = decide(subaccount, next);
  return decision.accepted ? decision.events.reduce(evolveSubaccount, subaccount) : subaccount;
};

const histories = fc.array(wish, { maxLength: 40 });

describe('any history of a subaccount', () => {
  it('is suspended exactly while a reason was given and not taken back', () => {
    fc.assert(
      fc.property(histories, (wishes: readonly Wish[]) => {
        const open = wishes.filter(({ verb }) => verb !== 'close');
        const left = reasons.filter((reason) => {
          const last = open.filter((each) => each.reason === reason).at(-1);
          return last?.verb === 'suspend';
        });
        const subaccount = open.reduce(after, provisioned());
        expect([...subaccount.suspensions].sort()).toEqual([...left].sort());
        expect(subaccountStatus(subaccount)).toBe(left.length > 0 ? 'suspended' : 'active');
      }),
    );
  });

  it('has one key in force, the newest, and every other one refused from its end on', () => {
    fc.assert(
      fc.property(histories, (wishes: readonly Wish[]) => {
        const open = wishes.filter(({ verb }) => verb !== 'close');
        const issued = ['first', ...open.flatMap(({ key }) => key ?? [])].map((key) => keyNamed(key).hash);
        const subaccount = open.reduce(after, provisioned());
        expect(subaccount.key.hash).toBe(issued.at(-1));
        expect(subaccount.formerKeys.map(({ hash }) => hash)).toEqual(issued.slice(0, -1));
        const ends = subaccount.formerKeys.map(({ endedAt }) => endedAt);
        expect(ends).toEqual([...ends].sort((one, other) => one - other));
      }),
    );
  });

  it('never changes again once it is closed', () => {
    fc.assert(
      fc.property(histories, histories, (before: readonly Wish[], then: readonly Wish[]) => {
        const closed = [...before, { verb: 'close' }].reduce(after, provisioned());
        expect(then.reduce(after, closed)).toEqual(closed);
      }),
    );
  });

  it('counts its events as the stream does', () => {
    fc.assert(
      fc.property(histories, (wishes: readonly Wish[]) => {
        let appended = 0;
        wishes.reduce((subaccount: Subaccount, next: Wish) => {
          const decision = decide(subaccount, next);
          if (decision.accepted) appended += decision.events.length;
          const changed = after(subaccount, next);
          expect(changed.revision).toBe(appended);
          return changed;
        }, provisioned());
      }),
    );
  });
});
