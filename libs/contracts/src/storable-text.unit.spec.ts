import { sendFrameSchema } from './agent-frames';
import { outboundMessageSchema } from './outbound-entry';
import { storableText } from './storable-text';

const send = { type: 'send', id: '1', to: '+15551234567', parts: [{ type: 'text', value: 'Hi' }] };
const outbound = {
  kind: 'message',
  effect: null,
  replyTo: null,
  messageId: 'm',
  chatId: 'c',
  agencyId: 'a',
  subaccountId: 's',
  clientId: '1',
  from: '+15550000000',
  to: ['+15551234567'],
  claimRevision: 0,
  parts: [{ type: 'text', value: 'Hi' }],
  service: null,
  acceptedAt: '2030-01-01T00:00:00.000Z',
};

describe('a text that has to be stored', () => {
  it.each([
    ['NUL', 'a\0b'],
    ['the first half of a surrogate pair alone', 'a\uD83Db'],
    ['the second half of a surrogate pair alone', 'a\uDE00'],
  ])('is refused with %s, in a send and in OUTBOUND', (_what, text) => {
    const parts = [{ type: 'text', value: text }];
    expect(sendFrameSchema.safeParse({ ...send, parts }).success).toBe(false);
    expect(sendFrameSchema.safeParse({ ...send, id: text }).success).toBe(false);
    expect(sendFrameSchema.safeParse({ ...send, idempotencyKey: text }).success).toBe(false);
    expect(outboundMessageSchema.safeParse({ ...outbound, parts }).success).toBe(false);
    expect(outboundMessageSchema.safeParse({ ...outbound, clientId: text }).success).toBe(false);
    expect(storableText(`${text}!${text}`)).not.toMatch(/[\0\p{Surrogate}]/u);
  });

  it('may hold anything else that Unicode has', () => {
    const text = '👩‍👩‍👧 naïve\u0007\u200F\r\n\uFFFF';
    const parts = [{ type: 'text', value: text }];
    expect(sendFrameSchema.safeParse({ ...send, parts }).success).toBe(true);
    expect(outboundMessageSchema.safeParse({ ...outbound, parts }).success).toBe(true);
    expect(storableText(text)).toBe(text);
  });
});
