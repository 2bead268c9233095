import assert from 'node:assert/strict';
import type { Decision } from '@claw/kernel';

/** What comes before the first event, and what each event makes of it. */
export interface Evolution<State, Event> {
  readonly initial: State;
  readonly evolve: (state: State, event: Event) => State;
}

/**
 * Sentences about a decider.
 * @example
 * const given = scenarios({ initial, evolve });
 * given(claimedBy(acme)).when(claim(phone, globex)).thenRefused('phone_already_registered');
 */
export const scenarios =
  <State, Event>({ initial, evolve }: Evolution<State, Event>) =>
  (...past: readonly Event[]): Given<State, Event> =>
    new Given(past.reduce(evolve, initial));

/** What has happened. */
export class Given<State, Event> {
  constructor(private readonly state: State) {}

  /** The decision, or a thunk that already has its command. */
  when<Code extends string>(decide: (state: State) => Decision<Event, Code>): Outcome<Event, Code> {
    return new Outcome(decide(this.state));
  }
}

/** What was decided. */
export class Outcome<Event, Code extends string> {
  constructor(readonly decision: Decision<Event, Code>) {}

  /** Exactly these facts follow, in this order. */
  then(...events: readonly Event[]): void {
    assert.deepEqual(this.decision, { accepted: true, events });
  }

  thenNothing(): void {
    this.then();
  }

  thenRefused(code: Code): void {
    assert.equal(this.decision.accepted ? 'accepted' : this.decision.code, code);
  }
}
