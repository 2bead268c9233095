import type { DomainEvent, EventLog } from '@claw/event-store';

/** Every aggregate of one kind as the log makes it now, by its id. Holds them all in memory. */
export const statesIn = async <State, Event extends DomainEvent>(
  log: EventLog<Event>,
  prefix: string,
  { initial, evolve }: { readonly initial: State; readonly evolve: (state: State, event: Event) => State },
): Promise<ReadonlyMap<string, State>> => {
  const states = new Map<string, State>();
  for await (const { aggregateId, event } of log.readAll({ prefixes: [prefix] })) {
    states.set(aggregateId, evolve(states.get(aggregateId) ?? initial, event));
  }
  return states;
};
