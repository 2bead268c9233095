import { eventStreams } from '@claw/contracts';
import { EventStoreDBClient } from '@eventstore/db-client';
import { told } from './target-env';
import { tell } from './tell';

/** How long the log took to read, and how many events of phone routes are in it. */
export interface LogReading {
  readonly events: number;
  readonly ms: number;
}

/** Reads the whole log with the bare client and keeps nothing of it. Ready once it has. */
const main = async (): Promise<void> => {
  const store = EventStoreDBClient.connectionString(told('EVENTSTORE_URL'));
  // The first call connects.
  for await (const { event } of store.readAll({ maxCount: 1 })) void event;
  let events = 0;
  const since = performance.now();
  for await (const { event } of store.readAll()) {
    if (event?.streamId.startsWith(eventStreams.phonePrefix)) events += 1;
  }
  const ms = performance.now() - since;
  tell((): LogReading => ({ events, ms }));
};

void main();
