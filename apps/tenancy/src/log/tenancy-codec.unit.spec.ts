import stored from './fixtures/events.v1.json';
import { tenancyCodec } from './tenancy-codec';

describe('the stored events of tenancy, version 1', () => {
  it.each(stored.map((event) => [event.type, event] as const))('reads %s as it was written', (_, event) => {
    const decoded = tenancyCodec.decode(event);
    expect(`${decoded.type}.v1`).toBe(event.type);
    expect(decoded.data).toEqual(event.data);
  });

  it.each(stored.map((event) => [event.type, event] as const))('writes %s as it always was', (_, event) => {
    expect(tenancyCodec.encode(tenancyCodec.decode(event))).toEqual(event);
  });

  it('reads no version that was never released', () => {
    const [first] = stored;
    expect(() => tenancyCodec.decode({ type: 'AgencyRegistered.v2', data: first?.data })).toThrow(
      /no such version/,
    );
  });

  it('stores no key: only its id, prefix and hash', () => {
    const issued = stored.find(({ type }) => type === 'ParentKeyIssued.v1');
    const withSecret = { ...issued?.data, key: { ...issued?.data.key, secret: 'cm_live_AbCd1234_secret' } };
    const decoded = tenancyCodec.decode({ type: 'ParentKeyIssued.v1', data: withSecret });
    expect(JSON.stringify(tenancyCodec.encode(decoded))).not.toContain('secret');
  });
});
