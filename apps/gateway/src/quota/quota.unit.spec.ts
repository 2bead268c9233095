import fc from 'fast-check';
import { instant, type Month } from '@claw/kernel';
import { Allowance } from './allowance';
import { isContested } from './quota-keeper';
import {
  blockOf,
  grantBlock,
  inMonth,
  newQuota,
  type QuotaRecord,
  settledAt,
  takenBy,
  worstCase,
} from './quota-record';

const month = '2030-01' as Month;
const inJanuary = Date.parse('2030-01-15T00:00:00Z');

describe('a block', () => {
  it('is half of what remains, at least one, and nothing where nothing remains', () => {
    expect([-5, 0, 1, 2, 3, 10, 1_000, 1_000_000].map(blockOf)).toEqual([0, 0, 1, 1, 1, 5, 500, 1_000]);
  });
});

describe('a new month', () => {
  const used = { ...newQuota(month), used: 10, granted: 5, throughSeq: 99, debtors: ['x'] };
  it('starts with nothing used', () => {
    expect(inMonth(used, '2030-02' as Month)).toMatchObject({
      used: 0,
      granted: 0,
      throughSeq: 99,
      debtors: [],
    });
  });
  it('isn’t begun twice, nor by a clock that is behind', () => {
    expect(inMonth(used, month)).toBe(used);
    expect(inMonth(used, '2029-12' as Month)).toBe(used);
  });
});

describe('an owner', () => {
  it('owes what the one before it left unsettled', () => {
    expect(takenBy({ ...newQuota(month), owner: 'a', granted: 3 }, 'b')).toMatchObject({
      owner: 'b',
      debtors: ['a'],
    });
    expect(takenBy({ ...newQuota(month), owner: 'a' }, 'b')).toMatchObject({ owner: 'b', debtors: [] });
  });

  it('asks for a count before it refuses what may be unspent', () => {
    const left: QuotaRecord = { ...newQuota(month), used: 5, granted: 5 };
    const allowance = new Allowance(left);
    expect(allowance.take(10, inJanuary)).toBe('settle');
    allowance.restart(settledAt(left, 7, 40), 0);
    expect(allowance.take(10, inJanuary)).toBe('refill');
    expect(allowance.take(7, inJanuary)).toBe('refuse');
  });

  it('goes on behind what may be unspent, where the limit is far', () => {
    const record = grantBlock({ ...newQuota(month), used: 5, granted: 5 }, 100);
    const allowance = new Allowance({ ...newQuota(month), used: 5, granted: 5 });
    expect(allowance.take(100, inJanuary)).toBe('refill');
    allowance.raise(record.granted - 5);
    expect(allowance.take(100, inJanuary)).toBe('accepted');
    expect(allowance.used).toBe(11);
  });

  it('starts anew when the month ends', () => {
    const allowance = new Allowance(grantBlock(newQuota(month), 10));
    expect(allowance.take(10, Date.parse('2030-02-01T00:00:00Z'))).toBe('refill');
  });
});

/**
 * Owners that come, are killed with whatever they have under way, and are followed by others, against one record
 * and one stream, under a limit that changes: the account has to hold whatever the order.
 */
describe('the message limit', () => {
  type Step = 'send' | 'kill' | 'yield' | 'reconcile' | 'lose';
  const step = fc.oneof(
    { weight: 12, arbitrary: fc.constant<Step>('send') },
    { weight: 1, arbitrary: fc.constantFrom<Step>('kill', 'yield', 'reconcile', 'lose') },
  );

  it('is never passed, and never withheld once all is counted', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40 }), fc.array(step, { maxLength: 150 }), (limit, steps) => {
        let record = takenBy(newQuota(month), 'owner-0');
        let stored = 0;
        let allowance = new Allowance(record);
        const grant = () => {
          const next = grantBlock(record, limit);
          allowance.raise(next.granted - record.granted);
          record = next;
        };
        const settle = (used: number) => {
          record = settledAt(record, used, stored);
          const next = grantBlock(record, limit);
          allowance.restart(next, next.granted - record.granted);
          record = next;
        };
        const send = (arrives: boolean) => {
          for (let round = 0; round < 5; round += 1) {
            const verdict = allowance.take(limit, inJanuary);
            if (verdict === 'accepted') {
              if (arrives) allowance.stored((stored += 1));
              else allowance.doubt();
              return true;
            }
            if (verdict === 'refuse') return false;
            if (verdict === 'refill') grant();
            else settle(stored);
          }
          throw new Error('no end');
        };
        for (const [index, what] of steps.entries()) {
          if (what === 'send') send(true);
          else if (what === 'lose') send(false);
          else if (what === 'reconcile') settle(stored);
          else {
            if (what === 'yield' && !allowance.isUncertain)
              record = settledAt(record, allowance.used, stored);
            record = takenBy(record, `owner-${index + 1}`);
            allowance = new Allowance(record);
          }
          expect(stored).toBeLessThanOrEqual(limit);
          expect(allowance.used).toBeGreaterThanOrEqual(stored);
          expect(worstCase(record)).toBeGreaterThanOrEqual(stored);
        }
        settle(stored);
        while (send(true));
        expect(stored).toBe(limit);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a contested subaccount', () => {
  const ago = (...seconds: number[]) => seconds.map((second) => instant(inJanuary - second * 1_000));
  it('is one after three takeovers in ten seconds', () => {
    expect(isContested(ago(9, 5, 1), inJanuary)).toBe(true);
    expect(isContested(ago(10, 5, 1), inJanuary)).toBe(false);
    expect(isContested(ago(5, 1), inJanuary)).toBe(false);
  });
});
