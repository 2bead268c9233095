import { context, late } from './context.fixture';
import { afterReaction, beforeReaction } from './reaction-policy';

const reaction = context({ what: 'reaction' });

describe('a reaction', () => {
  it('is given to a message that is there', () => {
    expect(beforeReaction('there', reaction)).toBeUndefined();
  });

  it.each(['on_its_way', 'maybe_accepted'] as const)('waits for a message that is %s', (target) => {
    expect(beforeReaction(target, reaction)).toEqual({ step: 'wait', ms: 500, why: 'target' });
    expect(beforeReaction(target, late)).toMatchObject({ step: 'fail', code: 'unavailable' });
  });

  it.each(['unknown', 'ended'] as const)('fails for a message that is %s', (target) => {
    expect(beforeReaction(target, reaction)).toMatchObject({ step: 'fail', code: 'message_not_found' });
  });

  it('is done once the carrier took it', () => {
    expect(afterReaction({ kind: 'accepted' }, reaction)).toEqual({ step: 'done' });
  });

  it('fails where the carrier doesn’t know the message any more', () => {
    expect(afterReaction({ kind: 'refused', carrierCode: 2002, reason: 'Gone.' }, reaction)).toEqual({
      step: 'fail',
      code: 'message_not_found',
      reason: 'Gone.',
    });
  });

  it('is tried again where nobody knows whether it came through', () => {
    expect(afterReaction({ kind: 'unknown' }, reaction)).toMatchObject({ step: 'wait' });
  });
});
