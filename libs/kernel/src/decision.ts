/** What a decider answers: the facts that follow, none where nothing is to change, or a refusal with a stable code. */
export type Decision<Event, Code extends string = never> = Accepted<Event> | Refused<Code>;

export interface Accepted<Event> {
  readonly accepted: true;
  readonly events: readonly Event[];
}

export interface Refused<Code extends string = string> {
  readonly accepted: false;
  readonly code: Code;
  /** A sentence that the person who asked can act on. */
  readonly detail: string;
}

export const accept = <Event>(...events: readonly Event[]): Accepted<Event> => ({ accepted: true, events });

/** Accepted, and nothing to change: the wish is already so. */
export const nothing = (): Accepted<never> => ({ accepted: true, events: [] });

export const refuse = <Code extends string>(code: Code, detail: string): Refused<Code> => ({
  accepted: false,
  code,
  detail,
});
