import type { PhoneNumber, SendFrame } from '@claw/contracts';
import { contentDigest, idempotencyBucketKey, retryDigest } from './send-digest';

const send: SendFrame = {
  type: 'send',
  id: '1',
  to: ['+12125550100' as PhoneNumber],
  parts: [{ type: 'text', value: 'Hi' }],
};

describe('what counts as the same send', () => {
  it('is the same content, whatever the id and the key', () => {
    expect(contentDigest({ ...send, id: '2', idempotencyKey: 'k' })).toBe(contentDigest(send));
    expect(contentDigest({ ...send, service: 'SMS' })).not.toBe(contentDigest(send));
    expect(contentDigest({ ...send, parts: [{ type: 'text', value: 'Ho' }] })).not.toBe(contentDigest(send));
  });

  it('is, as a retry, the same chat, id and content', () => {
    expect(retryDigest('chat', { ...send })).toBe(retryDigest('chat', send));
    expect(retryDigest('chat of a later claim', send)).not.toBe(retryDigest('chat', send));
    expect(retryDigest('chat', { ...send, id: '2' })).not.toBe(retryDigest('chat', send));
  });

  it('has a key that a bucket takes, whatever the client wrote', () => {
    expect(idempotencyBucketKey('acme', 'a key / with ü * > .')).toMatch(/^acme\.[0-9a-f]{64}$/);
  });
});
