import { plusMs } from '@claw/kernel';
import { acceptedAt, context, late } from './context.fixture';
import { afterAnswer, beforeSend, dispatchPatienceMs } from './dispatch-policy';

describe('what follows from the carrier’s answer', () => {
  it('is done with a message that the carrier took', () => {
    const ids = { carrierMessageId: 'm', carrierChatId: 'c', service: 'iMessage' };
    expect(afterAnswer({ kind: 'accepted', ...ids }, context())).toEqual({ step: 'sent', ...ids });
  });

  it('fails a message that the carrier refuses for good, with the carrier’s reason', () => {
    expect(
      afterAnswer({ kind: 'refused', carrierCode: 1005, reason: 'No links at first.' }, context()),
    ).toEqual({ step: 'fail', code: 'carrier_rejected', reason: 'No links at first.' });
  });

  it.each([
    [2002, 'message_not_found'],
    [4005, 'service_unavailable_for_recipient'],
    [1004, 'carrier_rejected'],
    [null, 'carrier_rejected'],
  ])('calls the carrier’s code %s %s', (carrierCode, code) => {
    expect(afterAnswer({ kind: 'refused', carrierCode, reason: 'No.' }, context())).toMatchObject({ code });
  });

  it.each([
    [1, 500],
    [2, 1_000],
    [5, 8_000],
    [9, 60_000],
    [500, 60_000],
  ])('waits longer with every attempt: after %i for %i ms', (attempts, ms) => {
    expect(afterAnswer({ kind: 'busy', retryAfterMs: null }, context({ attempts }))).toEqual({
      step: 'wait',
      ms,
      why: 'busy',
    });
  });

  it('spreads the waits by up to half', () => {
    expect(afterAnswer({ kind: 'unknown' }, context({ attempts: 2, random: () => 0 }))).toMatchObject({
      ms: 500,
    });
  });

  it('never comes back before the carrier’s Retry-After', () => {
    expect(afterAnswer({ kind: 'busy', retryAfterMs: 20_000 }, context())).toMatchObject({ ms: 20_000 });
  });

  it('doesn’t let a Retry-After park a message for ever', () => {
    expect(afterAnswer({ kind: 'busy', retryAfterMs: 1e12 }, context())).toMatchObject({ ms: 3_600_000 });
  });

  it.each(['busy', 'unknown'] as const)('gives up after 24 hours of %s', (kind) => {
    expect(afterAnswer({ kind, retryAfterMs: null }, late)).toMatchObject({
      step: 'fail',
      code: 'unavailable',
    });
  });
});

describe('the look just before sending', () => {
  const fine = { routeHeld: true, optedOut: false, suspended: false };

  it('lets a message go where nothing changed', () => {
    expect(beforeSend(fine, context())).toBeUndefined();
  });

  it('fails a message whose route is gone', () => {
    expect(beforeSend({ ...fine, routeHeld: false }, context())).toMatchObject({
      step: 'fail',
      code: 'route_not_registered',
    });
  });

  it('fails a message to someone who opted out since', () => {
    expect(beforeSend({ ...fine, optedOut: true }, context())).toMatchObject({
      step: 'fail',
      code: 'recipient_opted_out',
    });
  });

  it('holds a message of a suspended subaccount', () => {
    expect(beforeSend({ ...fine, suspended: true }, context())).toMatchObject({
      step: 'wait',
      why: 'suspended',
    });
  });

  it('fails it once it was held for 24 hours', () => {
    expect(beforeSend({ ...fine, suspended: true }, late)).toMatchObject({
      step: 'fail',
      code: 'subaccount_suspended',
    });
  });

  it('fails rather than holds where the route is gone too', () => {
    expect(beforeSend({ routeHeld: false, optedOut: false, suspended: true }, context())).toMatchObject({
      code: 'route_not_registered',
    });
  });

  it('doesn’t send what is older than 24 hours', () => {
    const tooLate = context({ now: plusMs(acceptedAt, dispatchPatienceMs) });
    expect(beforeSend(fine, tooLate)).toMatchObject({ step: 'fail', code: 'unavailable' });
  });
});
