import { plusMs } from '@claw/kernel';
import { acceptedAt, context } from './context.fixture';
import { dispatchPatienceMs, failed } from './dispatch-policy';
import { beforeGivingUp, isKeyForgotten, keyMemoryMs, lateAcceptanceMs } from './doubt-policy';

const failure = failed('route_not_registered', 'Released.');
const hour = 60 * 60_000;
const at = (ms: number) => context({ now: plusMs(acceptedAt, ms) });

describe('a message that may no longer be sent, though an attempt of it may have got through', () => {
  it('was sent where the carrier has it', () => {
    const receipt = { carrierMessageId: 'm', carrierChatId: 'c', service: null };
    expect(beforeGivingUp(receipt, failure, acceptedAt, at(hour))).toEqual({ step: 'sent', ...receipt });
  });

  it('has failed where the carrier doesn’t have it, once that is sure', () => {
    expect(beforeGivingUp('absent', failure, acceptedAt, at(lateAcceptanceMs - 1))).toMatchObject({
      step: 'wait',
    });
    expect(beforeGivingUp('absent', failure, acceptedAt, at(lateAcceptanceMs))).toBe(failure);
  });

  it('waits for a carrier that can’t tell, for an hour longer than anything else', () => {
    const long = dispatchPatienceMs + hour;
    expect(beforeGivingUp('untold', failure, acceptedAt, at(long - 1))).toMatchObject({ step: 'wait' });
    expect(beforeGivingUp('untold', failure, acceptedAt, at(long))).toBe(failure);
  });
});

describe('a carrier that may have forgotten an idempotency key', () => {
  it('is one that was first given it long ago', () => {
    expect(isKeyForgotten(acceptedAt, plusMs(acceptedAt, keyMemoryMs - 1))).toBe(false);
    expect(isKeyForgotten(acceptedAt, plusMs(acceptedAt, keyMemoryMs))).toBe(true);
  });

  it('isn’t one that never had it', () => {
    expect(isKeyForgotten(null, plusMs(acceptedAt, dispatchPatienceMs))).toBe(false);
  });
});
