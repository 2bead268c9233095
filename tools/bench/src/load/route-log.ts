import { buckets, digitsOf, eventStreams, keys, subjects } from '@claw/contracts';
import { encodePosition, EventStore, type Position } from '@claw/event-store';
import { instant, newId } from '@claw/kernel';
import { JetStreamPublisher, KvBucket, logPositionHeader, type NatsLink } from '@claw/messaging';
import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { z } from 'zod';
import { benchPhone } from '../bench-tenants';

const atOnce = 200;
const metadata = { actor: { kind: 'system', id: 'bench' }, requestId: 'bench' };

const claimed = (phoneNumber: string) => ({
  type: 'PhoneRouteClaimed.v1',
  data: { phoneNumber, subaccountId: newId(), agencyId: newId(), at: instant(Date.now()) },
});
const released = ({ data }: ReturnType<typeof claimed>) => ({
  type: 'PhoneRouteReleased.v1',
  data: { ...data, reason: 'requested' },
});

/** Of ten numbers eight are claimed and stay so, one is released, one is claimed again by another. */
const historyOf = (index: number) => {
  const first = claimed(benchPhone(index));
  if (index % 10 === 8) return [first, released(first)];
  if (index % 10 === 9) return [first, released(first), claimed(benchPhone(index))];
  return [first];
};

/** Fills the log with at least so many events of phone routes, a number's whole history in one append. Answers its end. */
export const fillRouteLog = async (url: string, events: number): Promise<Position> => {
  const client = EventStoreDBClient.connectionString(url);
  const store = new EventStore({ url });
  try {
    let index = 0;
    let appended = 0;
    const append = async (): Promise<void> => {
      while (appended < events) {
        const history = historyOf(index);
        const stream = eventStreams.phone(digitsOf(benchPhone(index)));
        index += 1;
        appended += history.length;
        await client.appendToStream(
          stream,
          history.map((event) => jsonEvent({ ...event, metadata })),
          { expectedRevision: NO_STREAM },
        );
      }
    };
    await Promise.all(Array.from({ length: atOnce }, append));
    const end = await store.lastPosition();
    if (end === undefined) throw new Error('the log is empty');
    return end;
  } finally {
    await Promise.all([client.dispose(), store.close()]);
  }
};

/**
 * Has routing's own work on the log stand at its end, as it does where a bucket was lost and no more: its follower and
 * its publisher of public events would else go through the whole log beside the rebuild.
 */
export const standAtEnd = async (nats: NatsLink, end: Position): Promise<void> => {
  const position = encodePosition(end);
  const checkpoints = new KvBucket(nats, buckets.checkpoints.name, z.object({ position: z.string() }));
  await checkpoints.put(keys.followed('routing', 'routes'), { position });
  await new JetStreamPublisher(nats).publish(
    subjects.event('routing', 'bench', 'Bench', 1),
    {},
    { headers: { [logPositionHeader]: position } },
  );
};
