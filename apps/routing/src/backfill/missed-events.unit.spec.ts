import { e164Schema } from '@claw/contracts';
import { type Instant, instant, plusMs } from '@claw/kernel';
import { carrierEventSchema, carrierFailureSchema, carrierMessageSchema } from '../inbound/carrier-events';
import { listedMessageSchema } from '../inbound/carrier-events';
import type { Recorded } from '../ledger/carrier-record';
import { lastChange, missedEvents } from './missed-events';

const made = instant('2030-01-01T12:00:00Z');
const later = (seconds: number): Instant => plusMs(made, seconds * 1_000);
const line = e164Schema.parse('+15005550000');
const chat = { id: 'chat', isGroup: false, line };
const listed = (change: object) =>
  listedMessageSchema.parse({
    id: 'm',
    is_from_me: true,
    delivery_status: 'read',
    parts: [{ type: 'text', value: 'hello', reactions: null }],
    service: 'iMessage',
    created_at: made,
    sent_at: later(1),
    delivered_at: later(2),
    read_at: later(3),
    ...change,
  });
const recorded = (change: Partial<Recorded> = {}): Recorded => ({
  state: 'queued',
  sent: null,
  delivered: null,
  read: null,
  ...change,
});
const typesOf = (change: object, ledger: Recorded | undefined) =>
  missedEvents(listed(change), chat, ledger).map(({ type }) => type);

describe('what a listed message tells that no webhook did', () => {
  it('is that it came in, in the form of a webhook', () => {
    const from = { is_from_me: false, from_handle: { handle: '+12125550100' }, delivery_status: 'received' };
    const [event, ...more] = missedEvents(listed(from), chat, undefined);
    expect(more).toEqual([]);
    const { event_type, created_at, data } = carrierEventSchema.parse(event?.body);
    expect({ event_type, created_at }).toEqual({ event_type: 'message.received', created_at: made });
    expect(carrierMessageSchema.parse(data)).toMatchObject({
      id: 'm',
      chat: { id: 'chat', is_group: false, owner_handle: { handle: line } },
      direction: 'inbound',
      sender_handle: { handle: '+12125550100' },
      parts: [{ type: 'text', value: 'hello' }],
      sent_at: later(1),
    });
  });

  it('is nothing where the ledger has it all', () => {
    const all = { sent: later(1), delivered: later(2), read: later(3) };
    expect(typesOf({}, recorded({ state: 'read', ...all }))).toEqual([]);
    expect(typesOf({ is_from_me: false }, recorded({ state: 'received' }))).toEqual([]);
  });

  it('is nothing of a message of ours that the ledger doesn’t know', () => {
    expect(typesOf({}, undefined)).toEqual([]);
  });

  it('is every state that it came to and that isn’t told yet, in order', () => {
    expect(typesOf({}, recorded())).toEqual(['message.sent', 'message.delivered', 'message.read']);
    expect(typesOf({}, recorded({ state: 'read', sent: later(1), read: later(3) }))).toEqual([
      'message.delivered',
    ]);
    expect(typesOf({ delivered_at: null, read_at: null, delivery_status: 'sent' }, recorded())).toEqual([
      'message.sent',
    ]);
  });

  it('is a state by its name where its time is missing, as of the last change', () => {
    const change = { delivery_status: 'delivered', delivered_at: null, read_at: null, updated_at: later(9) };
    const [event] = missedEvents(listed(change), chat, recorded({ sent: later(1) }));
    expect(event).toMatchObject({ type: 'message.delivered', body: { created_at: later(9) } });
  });

  it('is that it failed, unless it had arrived', () => {
    const change = { delivery_status: 'failed', delivered_at: null, read_at: null, updated_at: later(9) };
    const [event] = missedEvents(listed(change), chat, recorded({ state: 'sent', sent: later(1) }));
    expect(carrierFailureSchema.parse((event?.body as { data: unknown }).data)).toMatchObject({
      message_id: 'm',
      failed_at: later(9),
    });
    expect(typesOf(change, recorded({ state: 'delivered', delivered: later(2) }))).toEqual([]);
    expect(typesOf(change, recorded({ state: 'failed' }))).toEqual([]);
  });

  it('has the same id however often it is found', () => {
    const ids = () => missedEvents(listed({}), chat, recorded()).map(({ id }) => id);
    expect(ids()).toEqual(ids());
    expect(new Set(ids()).size).toBe(3);
  });

  it('last happened when the latest of its times was', () => {
    expect(lastChange(listed({}))).toBe(later(3));
    expect(lastChange(listed({ updated_at: later(7) }))).toBe(later(7));
    expect(lastChange(listed({ sent_at: null, delivered_at: null, read_at: null }))).toBe(made);
  });
});
