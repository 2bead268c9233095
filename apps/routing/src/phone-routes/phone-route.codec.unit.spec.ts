import { instant } from '@claw/kernel';
import type { PhoneRouteEvent } from '@claw/routing-domain';
import { phoneRouteCodec } from './phone-route.codec';
import stored from './phone-route-events.v1.json';

const holder = {
  phoneNumber: '+15551234567',
  subaccountId: 'aaaaaaaa-0000-4000-8000-000000000001',
  agencyId: 'bbbbbbbb-0000-4000-8000-000000000001',
};
const events: readonly PhoneRouteEvent[] = [
  { type: 'PhoneRouteClaimed', data: { ...holder, at: instant('2030-01-01T12:00:00.000Z') } },
  {
    type: 'PhoneRouteReleased',
    data: { ...holder, reason: 'requested', at: instant('2030-01-02T12:00:00.000Z') },
  },
];

describe('the stored events of phone routes', () => {
  it('are written as version 1 says', () => {
    expect(events.map((event) => phoneRouteCodec.encode(event))).toEqual(stored);
  });

  it('are read as they were written', () => {
    expect(stored.map((event) => phoneRouteCodec.decode(event))).toEqual(events);
  });

  it('don’t pass for what they are not', () => {
    expect(() => phoneRouteCodec.decode({ type: 'PhoneRouteClaimed.v1', data: {} })).toThrow('phoneNumber');
    expect(() => phoneRouteCodec.decode({ type: 'PhoneRouteClaimed.v9', data: {} })).toThrow(
      'no such version',
    );
  });
});
