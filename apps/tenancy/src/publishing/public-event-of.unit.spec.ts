import type { LoggedEvent } from '@claw/event-store';
import { instant } from '@claw/kernel';
import type { TenancyEvent } from '@claw/tenancy-domain';
import stored from '../log/fixtures/events.v1.json';
import { tenancyCodec } from '../log/tenancy-codec';
import { publicEventOf } from './public-event-of';

const logged = (event: TenancyEvent): LoggedEvent<TenancyEvent> => ({
  id: '0193a1f0-0000-7000-8000-00000000000e',
  event,
  streamId: 'any',
  aggregateId: 'any',
  revision: 0n,
  position: { commit: 1n, prepare: 1n },
  metadata: { actor: { kind: 'operator', id: 'operator' }, requestId: 'request' },
  at: instant(0),
});
const published = stored.flatMap((event) => publicEventOf(logged(tenancyCodec.decode(event))) ?? []);

describe('the public events of tenancy', () => {
  it('tell of what other services act on', () => {
    expect(published.map(({ envelope }) => envelope.name).sort()).toEqual([
      'AgencyActivated',
      'AgencyReactivated',
      'AgencySuspended',
      'MessageLimitChanged',
      'SubaccountClosed',
      'SubaccountProvisioned',
      'SubaccountReactivated',
      'SubaccountSuspended',
    ]);
  });

  it('tell who did it, on which request', () => {
    for (const { envelope } of published) {
      expect(envelope).toMatchObject({ actor: { kind: 'operator', id: 'operator' }, requestId: 'request' });
    }
  });

  it('never carry a key, nor its hash', () => {
    expect(JSON.stringify(published)).not.toMatch(/cm_live|abab/);
  });
});
