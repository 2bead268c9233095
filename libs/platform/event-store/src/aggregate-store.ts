import { setTimeout as pause } from 'node:timers/promises';
import type { Decision } from '@claw/kernel';
import { Unavailable, backoffMs, newId } from '@claw/kernel';
import type { Codec, DomainEvent } from './codec';
import type { EventMetadata } from './event-metadata';
import type { EventStore, NewEvent, Revision } from './event-store';
import type { Position } from './position';
import { RevisionConflict, TooManyConflicts } from './store-errors';

/** How a kind of aggregate is told from its events. */
export interface AggregateDefinition<State, Event extends DomainEvent> {
  readonly codec: Codec<Event>;
  /** The state before the first event. */
  readonly initial: State;
  readonly evolve: (state: State, event: Event) => State;
}

export interface Loaded<State> {
  readonly state: State;
  readonly revision: Revision;
}

/** What came of a decision: `state` and `revision` are those after it. */
export interface Executed<State, Event, Code extends string> extends Loaded<State> {
  readonly decision: Decision<Event, Code>;
  /** What was appended; none where it was refused or nothing was to change. */
  readonly events: readonly Event[];
  /** The same with what the log knows them by. */
  readonly appended: readonly Appended<Event>[];
}

/** An event that an append has just put into its stream. */
export interface Appended<Event> {
  readonly id: string;
  readonly event: Event;
  readonly revision: bigint;
  /** Of the last event of the same append, so of this one where it came alone; where the server tells it. */
  readonly appendPosition: Position | undefined;
}

export interface ExecuteOptions {
  /** Most likely there is no such stream: it is read only after the append has found that there is. */
  readonly assumeNew?: boolean;
}

const MAX_CONFLICTS = 20;
const MAX_FAULTS = 3;

/** Loads aggregates of one kind and appends what is decided about them: a stream is the lock. */
export class AggregateStore<State, Event extends DomainEvent> {
  constructor(
    private readonly store: EventStore,
    private readonly definition: AggregateDefinition<State, Event>,
  ) {}

  /** The aggregate as of now; the initial state at revision `none` where there is no such stream. */
  async load(streamId: string): Promise<Loaded<State>> {
    const { codec, evolve, initial } = this.definition;
    const stored = await repeatFaults(() => this.store.readStream(streamId));
    return {
      state: stored.reduce((state, event) => evolve(state, codec.decode(event)), initial),
      revision: stored.at(-1)?.revision ?? 'none',
    };
  }

  /**
   * Reads, decides, appends at the revision just read. Where another was faster, it reads and decides again, so
   * `decide` may run several times and must not act. Throws `Unavailable` (`outcomeUnknown` says whether the events
   * may be there all the same) and {@link TooManyConflicts}.
   */
  async execute<Code extends string = never>(
    streamId: string,
    decide: (state: State, revision: Revision) => Decision<Event, Code> | Promise<Decision<Event, Code>>,
    metadata: EventMetadata,
    { assumeNew = false }: ExecuteOptions = {},
  ): Promise<Executed<State, Event, Code>> {
    for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
      if (conflicts > 0) await pause(backoffMs(conflicts, 5, 200));
      const { state, revision } = assumeNew && conflicts === 0 ? this.unwritten() : await this.load(streamId);
      const decision = await decide(state, revision);
      if (!decision.accepted || decision.events.length === 0)
        return { decision, state, revision, events: [], appended: [] };
      const appended = await this.append(streamId, revision, decision.events, metadata);
      if (!appended) continue;
      return {
        decision,
        state: decision.events.reduce(this.definition.evolve, state),
        revision: appended.at(-1)?.revision ?? revision,
        events: decision.events,
        appended,
      };
    }
    throw new TooManyConflicts(streamId, MAX_CONFLICTS);
  }

  private unwritten(): Loaded<State> {
    return { state: this.definition.initial, revision: 'none' };
  }

  /** What is in now; undefined where the stream moved on without it. */
  private async append(
    streamId: string,
    revision: Revision,
    events: readonly Event[],
    metadata: EventMetadata,
  ): Promise<readonly Appended<Event>[] | undefined> {
    // Made once: after a lost answer the same ids come again, which the store takes for what they are.
    const stored: readonly NewEvent[] = events.map((event) => ({
      ...this.definition.codec.encode(event),
      id: newId(),
      metadata,
    }));
    try {
      const appendPosition = await repeatFaults(() => this.store.append(streamId, revision, stored));
      const first = revision === 'none' ? 0n : revision + 1n;
      return stored.map(({ id }, index) => ({
        id,
        event: events[index] as Event,
        revision: first + BigInt(index),
        appendPosition,
      }));
    } catch (error) {
      if (error instanceof RevisionConflict) return undefined;
      throw error;
    }
  }
}

/** Repeats what failed because the store was away for a moment: a restart should be felt by nobody. */
const repeatFaults = async <T>(work: () => Promise<T>): Promise<T> => {
  for (let fault = 1; ; fault += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Unavailable) || fault === MAX_FAULTS) throw error;
      await pause(backoffMs(fault, 100));
    }
  }
};
