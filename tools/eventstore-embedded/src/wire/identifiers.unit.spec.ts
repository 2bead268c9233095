import { UUID } from '@eventstore/db-client/generated/shared_pb';
import fc from 'fast-check';
import { streamIdentifier, streamNameOf, structuredUuid, uuid, uuidOf } from './identifiers';

describe('an id', () => {
  it('is the same in whichever way it travels', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(uuidOf(uuid(id))).toBe(id);
        expect(uuidOf(structuredUuid(id))).toBe(id);
        expect(uuidOf(uuid(id.toUpperCase()))).toBe(id);
      }),
    );
  });

  it('is none where nothing was sent, or something else', () => {
    expect(uuidOf(undefined)).toBeUndefined();
    expect(uuidOf(new UUID())).toBeUndefined();
    expect(uuidOf(uuid('seven'))).toBeUndefined();
  });
});

it('a stream name comes back as it was sent', () => {
  expect(streamNameOf(streamIdentifier('prüfung-✓'))).toBe('prüfung-✓');
  expect(streamNameOf(undefined)).toBe('');
});
