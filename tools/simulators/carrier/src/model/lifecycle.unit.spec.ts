import { instant } from '@claw/kernel';
import { type Behaviour, DEFAULT_BEHAVIOUR } from '../behaviour/behaviour.schema';
import { planLife } from './lifecycle';

const now = instant('2025-06-01T12:00:00.000Z');
const behaviour: Behaviour = {
  ...DEFAULT_BEHAVIOUR,
  delays: { answer_ms: 0, sent_ms: 1_000, delivered_ms: 2_000, read_ms: 3_000, webhook_ms: 0 },
};
const statuses = (...args: Parameters<typeof planLife>): string[] =>
  planLife(...args).map(({ status }) => status);

describe('the life of a message', () => {
  it('counts each delay from the state before', () => {
    expect(planLife(behaviour, 'iMessage', false, now)).toEqual([
      { status: 'sent', at: '2025-06-01T12:00:01.000Z' },
      { status: 'delivered', at: '2025-06-01T12:00:03.000Z' },
      { status: 'read', at: '2025-06-01T12:00:06.000Z' },
    ]);
  });

  it('has no read over SMS, in a group, or where the recipient leaves it unread', () => {
    expect(statuses(behaviour, 'SMS', false, now)).toEqual(['sent', 'delivered']);
    expect(statuses(behaviour, 'iMessage', true, now)).toEqual(['sent', 'delivered']);
    expect(statuses({ ...behaviour, read: false }, 'iMessage', false, now)).toEqual(['sent', 'delivered']);
  });

  it('ends at once where there is no way to the recipient', () => {
    expect(statuses(behaviour, undefined, false, now)).toEqual(['failed']);
  });
});
