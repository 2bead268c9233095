import { type Instant, plusMs } from '@claw/kernel';
import type { Behaviour } from '../behaviour/behaviour.schema';
import type { MessageRecord, Step } from './message';
import { UNSUPPORTED } from './refusal';
import type { ServiceType } from './service';

/** Whether the sender is told that a message was read: not over SMS, nor in a group. */
export const hasReadReceipts = (service: ServiceType, group: boolean): boolean => service !== 'SMS' && !group;

/**
 * The life that a message accepted at `now` will have. Each delay counts from the state before it.
 *
 * @param service what the message goes out over; `undefined` where the recipient can't be reached
 */
export const planLife = (
  behaviour: Behaviour,
  service: ServiceType | undefined,
  group: boolean,
  now: Instant,
): Step[] => {
  const { sent_ms, delivered_ms, read_ms } = behaviour.delays;
  const sentAt = plusMs(now, sent_ms);
  if (service === undefined) {
    const reason = 'the recipient has none of the services asked for';
    return [{ status: 'failed', at: sentAt, code: UNSUPPORTED, reason }];
  }
  if (behaviour.undeliverable !== undefined) {
    const { code, reason } = behaviour.undeliverable;
    return [{ status: 'failed', at: sentAt, code, reason }];
  }
  const deliveredAt = plusMs(sentAt, delivered_ms);
  const seen = behaviour.read && hasReadReceipts(service, group);
  return [
    { status: 'sent', at: sentAt },
    { status: 'delivered', at: deliveredAt },
    ...(seen ? [{ status: 'read' as const, at: plusMs(deliveredAt, read_ms) }] : []),
  ];
};

/** The message after its next step and the state that it reached, or `undefined` where its life is over. */
export const advance = (
  before: MessageRecord,
  now: Instant,
): { readonly message: MessageRecord; readonly reached: Step['status'] } | undefined => {
  const [step, ...due] = before.due;
  if (step === undefined) return undefined;
  const message = { ...before, status: step.status, updated_at: now, due };
  const reached = step.status;
  switch (step.status) {
    case 'sent':
      return { reached, message: { ...message, sent_at: now } };
    case 'delivered':
      return { reached, message: { ...message, delivered_at: now } };
    case 'read':
      return { reached, message: { ...message, read_at: now } };
    case 'failed':
      return { reached, message: { ...message, failure: { code: step.code, reason: step.reason } } };
  }
};
