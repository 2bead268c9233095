import { instant, plusMs } from '@claw/kernel';
import { type DispatchContext, dispatchPatienceMs } from './dispatch-policy';

export const acceptedAt = instant('2030-01-01T12:00:00Z');

/** A message's first attempt, a second after it was accepted, with the longest wait that chance can give. */
export const context = (facts: Partial<DispatchContext> = {}): DispatchContext => ({
  what: 'message',
  attempts: 1,
  acceptedAt,
  now: plusMs(acceptedAt, 1_000),
  random: () => 1,
  ...facts,
});

/** Just before it is too late. */
export const late = context({ now: plusMs(acceptedAt, dispatchPatienceMs - 100) });
