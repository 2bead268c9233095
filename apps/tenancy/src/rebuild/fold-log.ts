import { eventStreams } from '@claw/contracts';
import type { EventLog, LoggedEvent } from '@claw/event-store';
import type { TenancyEvent } from '@claw/tenancy-domain';
import { evolveProjected, type Projected } from '../projection/projected';

/** Every aggregate as the log makes it, and each event on the way. Holds all aggregates in memory. */
export const foldLog = async (
  log: EventLog<TenancyEvent>,
  tell: (event: LoggedEvent<TenancyEvent>) => Promise<void> = async () => undefined,
): Promise<readonly Projected[]> => {
  const byStream = new Map<string, Projected>();
  for await (const logged of log.readAll({ prefixes: eventStreams.tenancyPrefixes })) {
    byStream.set(logged.streamId, evolveProjected(byStream.get(logged.streamId), logged.event));
    await tell(logged);
  }
  return [...byStream.values()];
};
