import { readCursor, writeCursor } from './route-cursor';

describe('a cursor of routes', () => {
  it('leads back to its place', () => {
    const place = { claimedAt: '2030-01-01T12:00:00.000Z', phoneNumber: '+15551234567' };
    expect(readCursor(writeCursor(place))).toEqual(place);
  });

  it.each(['', 'nonsense', '[]', Buffer.from('["x","y"]').toString('base64url'), 'e30'])(
    'is not %j',
    (text) => {
      expect(readCursor(text)).toBeUndefined();
    },
  );
});
