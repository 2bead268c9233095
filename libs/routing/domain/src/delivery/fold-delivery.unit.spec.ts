import fc from 'fast-check';
import { type DeliveryState, foldDelivery } from './fold-delivery';

const states: readonly DeliveryState[] = ['queued', 'sent', 'delivered', 'read', 'failed'];

describe('delivery states', () => {
  it.each([
    ['queued', 'sent', 'sent'],
    ['queued', 'read', 'read'],
    ['sent', 'delivered', 'delivered'],
    ['queued', 'failed', 'failed'],
    ['sent', 'failed', 'failed'],
  ] as const)('move from %s by a report of %s to %s', (current, reported, next) => {
    expect(foldDelivery(current, reported)).toBe(next);
  });

  it.each([
    ['sent', 'sent'],
    ['delivered', 'sent'],
    ['read', 'delivered'],
    ['sent', 'queued'],
    ['delivered', 'failed'],
    ['read', 'failed'],
    ['failed', 'sent'],
    ['failed', 'delivered'],
    ['failed', 'failed'],
  ] as const)('stay at %s when %s is reported', (current, reported) => {
    expect(foldDelivery(current, reported)).toBeUndefined();
  });

  it('end at the same state however often reports come and however they are mixed up, a failure apart', () => {
    const reports = fc.array(fc.constantFrom(...states.filter((state) => state !== 'failed')));
    const fold = (all: readonly DeliveryState[]) =>
      all.reduce<DeliveryState>((current, reported) => foldDelivery(current, reported) ?? current, 'queued');
    fc.assert(
      fc.property(reports, reports, (one, other) => {
        expect(fold([...one, ...other, ...one])).toBe(fold([...other, ...one].reverse()));
      }),
    );
  });
});
