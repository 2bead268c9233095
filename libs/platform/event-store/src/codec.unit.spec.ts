import { z } from 'zod';
import { CodecError, defineCodec } from './codec';
import { shape } from './event-shape';

type TestEvent =
  | { readonly type: 'Claimed'; readonly data: { readonly by: string; readonly carrier: string | null } }
  | { readonly type: 'Released'; readonly data: { readonly note?: string | undefined } };

const codec = defineCodec<TestEvent>({
  Claimed: shape(z.object({ owner: z.string() }))
    .becomes(2, z.object({ by: z.string().min(1) }), ({ owner }) => ({ by: owner }))
    .becomes(3, z.object({ by: z.string().min(1), carrier: z.string().nullable() }), (v2) => ({
      ...v2,
      carrier: null,
    })),
  Released: shape(z.object({ note: z.string().optional() })),
});

describe('a codec', () => {
  const claimed: TestEvent = { type: 'Claimed', data: { by: 'acme', carrier: 'linq' } };

  it('stores an event under its name and current version', () => {
    expect(codec.encode(claimed)).toEqual({ type: 'Claimed.v3', data: { by: 'acme', carrier: 'linq' } });
  });

  it('gives back what it stored, through JSON', () => {
    expect(codec.decode(JSON.parse(JSON.stringify(codec.encode(claimed))))).toEqual(claimed);
  });

  it.each([
    ['Claimed.v1', { owner: 'acme' }],
    ['Claimed.v2', { by: 'acme' }],
  ])('reads %s as the current version', (type, data) => {
    expect(codec.decode({ type, data })).toEqual({ type: 'Claimed', data: { by: 'acme', carrier: null } });
  });

  it('drops members that no shape knows', () => {
    expect(codec.decode({ type: 'Released.v1', data: { secret: 'x' } })).toEqual({
      type: 'Released',
      data: {},
    });
  });

  it.each([
    'Claimed',
    'Claimed.v0',
    'Claimed.v4',
    'Claimed.v01',
    'Claimed.v1.5',
    'Stolen.v1',
    'constructor.v1',
    '',
  ])('refuses the stored name %p', (type) => {
    expect(() => codec.decode({ type, data: { by: 'acme' } })).toThrow(CodecError);
  });

  it('refuses data that its version never had', () => {
    expect(() => codec.decode({ type: 'Claimed.v1', data: { by: 'acme' } })).toThrow(CodecError);
    expect(() => codec.decode({ type: 'Claimed.v3', data: null })).toThrow(CodecError);
  });

  it('refuses to store what its current schema refuses', () => {
    expect(() => codec.encode({ type: 'Claimed', data: { by: '', carrier: null } })).toThrow(CodecError);
  });

  it('never says what the data was', () => {
    expect(() => codec.decode({ type: 'Claimed.v3', data: { by: 1, carrier: 'hunter2' } })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
  });

  it('refuses to store what JSON would change, and names it', () => {
    const loose = defineCodec<{ type: 'Odd'; data: { readonly inner: unknown } }>({
      Odd: shape(z.object({ inner: z.unknown() })),
    });
    for (const inner of [new Date(0), 1n, Number.NaN, new Map(), [undefined], () => 1])
      expect(() => loose.encode({ type: 'Odd', data: { inner } })).toThrow(
        /data\.inner.* would not survive JSON/,
      );
    expect(loose.encode({ type: 'Odd', data: { inner: [{ a: null, b: undefined }] } }).type).toBe('Odd.v1');
  });

  it('takes versions one after the other only', () => {
    expect(() => shape(z.object({})).becomes(3, z.object({}), () => ({}))).toThrow('version 3');
  });
});
