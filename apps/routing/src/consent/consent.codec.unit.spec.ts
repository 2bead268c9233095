import { instant } from '@claw/kernel';
import type { ConsentEvent } from '@claw/routing-domain';
import stored from './consent-events.v1.json';
import { consentCodec } from './consent.codec';

const numbers = { sendingNumber: '+15005550000', phoneNumber: '+15551234567' };
const events: readonly ConsentEvent[] = [
  {
    type: 'OptedOut',
    data: {
      ...numbers,
      messageId: 'cccccccc-0000-4000-8000-000000000001',
      at: instant('2030-01-01T12:00:00.000Z'),
    },
  },
  {
    type: 'OptedIn',
    data: {
      ...numbers,
      messageId: 'cccccccc-0000-4000-8000-000000000002',
      at: instant('2030-01-02T12:00:00.000Z'),
    },
  },
];

describe('the stored events of consent', () => {
  it('are written as version 1 says', () => {
    expect(events.map((event) => consentCodec.encode(event))).toEqual(stored);
  });

  it('are read as they were written', () => {
    expect(stored.map((event) => consentCodec.decode(event))).toEqual(events);
  });

  it('don’t pass for what they are not', () => {
    expect(() => consentCodec.decode({ type: 'OptedOut.v1', data: {} })).toThrow('sendingNumber');
    expect(() => consentCodec.decode({ type: 'OptedOut.v9', data: {} })).toThrow('no such version');
  });
});
