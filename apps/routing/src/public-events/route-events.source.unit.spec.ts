import { type Actor, eventEnvelopeSchema, publicEvents, publicEventSchema } from '@claw/contracts';
import type { LoggedEvent } from '@claw/event-store';
import { instant } from '@claw/kernel';
import type { PhoneRouteEvent } from '@claw/routing-domain';
import { phoneRouteCodec } from '../phone-routes/phone-route.codec';
import stored from '../phone-routes/phone-route-events.v1.json';
import { platform } from '../platform-actor';
import { entryOf } from './route-events.source';

const [claimed, released] = stored.map((event) => phoneRouteCodec.decode(event)) as [
  PhoneRouteEvent,
  PhoneRouteEvent,
];
const ofClosed = phoneRouteCodec.decode({
  type: 'PhoneRouteReleased.v1',
  data: { ...released.data, reason: 'holder_closed' },
});
const claimant: Actor = { kind: 'subaccount', id: 'cccccccc-0000-4000-8000-000000000001' };
const logged = (event: PhoneRouteEvent, actor = claimant): LoggedEvent<PhoneRouteEvent> => ({
  id: '0193a1f0-0000-7000-8000-00000000000e',
  event,
  streamId: 'phone-15551234567',
  aggregateId: '15551234567',
  revision: 0n,
  position: { commit: 1n, prepare: 1n },
  metadata: { actor, requestId: 'request' },
  at: instant(0),
});
const published = (event: PhoneRouteEvent, actor?: Actor) =>
  eventEnvelopeSchema.parse(entryOf(logged(event, actor)).payload);

describe('the public events of phone routes', () => {
  it('are each stored event, under its own id, by whom and on which request', () => {
    const told = { id: logged(claimed).id, actor: claimant, requestId: 'request' };
    expect([claimed, released].map((event) => published(event))).toMatchObject([
      { ...told, name: 'PhoneRouteClaimed', version: 1 },
      { ...told, name: 'PhoneRouteReleased', version: 2, data: { reason: 'requested' } },
    ]);
  });

  it('keep the contract', () => {
    publicEventSchema(publicEvents.phoneRouteClaimed).parse(published(claimed));
    for (const event of [released, ofClosed]) {
      publicEventSchema(publicEvents.phoneRouteReleased).parse(published(event));
    }
  });

  it('don’t tell a closed holder who claimed its number, nor on which request', () => {
    const told = published(ofClosed);
    expect(told.actor).toEqual(platform);
    expect(JSON.stringify(told)).not.toContain(claimant.id);
    expect(told.requestId).toBeUndefined();
  });

  it('name the request that closed the holder, where that released the number', () => {
    expect(published(ofClosed, platform)).toMatchObject({ actor: platform, requestId: 'request' });
  });
});
