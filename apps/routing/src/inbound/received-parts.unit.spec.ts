import { attachmentsOf } from '../ledger/attachments';
import { textOf } from '../ledger/message-text';
import { carrierMessageSchema } from './carrier-events';
import { receivedParts } from './received-parts';

const received = (...parts: readonly object[]) =>
  receivedParts(
    carrierMessageSchema.parse({
      id: 'm',
      chat: { id: 'c' },
      direction: 'inbound',
      sender_handle: { handle: '+12125550100' },
      service: 'iMessage',
      parts,
    }).parts,
  );
const picture = {
  id: 'their-attachment',
  type: 'media',
  url: 'https://cdn.example.com/cat.jpg',
  mime_type: 'image/jpeg',
  filename: 'cat.jpg',
  size_bytes: 48_213,
  reactions: [{ handle: { handle: '+12125550199' } }],
};

describe('the parts of a customer’s message', () => {
  it('are named as our own, and say nothing else that the carrier said', () => {
    expect(
      received({ type: 'text', value: 'Look!', text_decorations: null }, picture, {
        type: 'link',
        value: 'https://example.com',
      }),
    ).toEqual([
      { type: 'text', value: 'Look!' },
      {
        type: 'media',
        url: 'https://cdn.example.com/cat.jpg',
        mimeType: 'image/jpeg',
        filename: 'cat.jpg',
        size: 48_213,
      },
      { type: 'link', value: 'https://example.com' },
    ]);
  });

  it('make attachments of media, and text of texts and links', () => {
    const parts = received(
      { type: 'text', value: 'Look:' },
      picture,
      { type: 'media', url: 'https://cdn.example.com/x' },
      { type: 'link', value: 'https://example.com' },
    );
    expect(attachmentsOf(parts)).toEqual([
      { url: 'https://cdn.example.com/cat.jpg', mimeType: 'image/jpeg', filename: 'cat.jpg', size: 48_213 },
      { url: 'https://cdn.example.com/x', mimeType: 'application/octet-stream' },
    ]);
    expect(textOf(parts)).toBe('Look:\nhttps://example.com');
  });

  it.each([
    ['a kind that nobody knows', { type: 'hologram', secret: 'theirs' }, { type: 'hologram' }],
    ['media without a place to get it from', { type: 'media', url: null }, { type: 'media' }],
    ['a text that is none', { type: 'text', value: 7 }, { type: 'text' }],
  ])('keep the place of %s', (_, part, kept) => {
    expect(received(part)).toEqual([kept]);
    expect(attachmentsOf(received(part))).toEqual([]);
    expect(textOf(received(part))).toBe('');
  });
});
