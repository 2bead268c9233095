import { z } from 'zod';
import type { EventShape } from './event-shape';
import { findUnsafeJson } from './json-safe';

/** An event as a domain speaks of it. */
export interface DomainEvent {
  readonly type: string;
  readonly data: object;
}

/** An event as the store holds it: the version is part of the stored name, `PhoneRouteClaimed.v1`. */
export interface EncodedEvent {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

/** A stored event that no shape fits, or an event that can't be stored. Never says what the data was. */
export class CodecError extends Error {
  constructor(
    readonly eventType: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${eventType}: ${reason}`, options);
    this.name = 'CodecError';
  }
}

/** The one place that maps a context's events to stored names and versions, and back. */
export interface Codec<Event extends DomainEvent> {
  /** Throws {@link CodecError} for data that its current schema or JSON doesn't hold. */
  encode(event: Event): EncodedEvent;
  /** Old versions are upcast. Throws {@link CodecError} for an unknown name or version, or data that doesn't fit. */
  decode(stored: { readonly type: string; readonly data: unknown }): Event;
}

/** The shapes of every event of a context, by the event's type: the compiler refuses a missing one. */
export type EventShapes<Event extends DomainEvent> = {
  readonly [Type in Event['type']]: EventShape<Extract<Event, { readonly type: Type }>['data']>;
};

/**
 * @example
 * const codec = defineCodec<RoutingEvent>({
 *   PhoneRouteClaimed: shape(claimedV1).becomes(2, claimedV2, (v1) => ({ ...v1, carrier: null })),
 *   PhoneRouteReleased: shape(released),
 * });
 */
export const defineCodec = <Event extends DomainEvent>(shapes: EventShapes<Event>): Codec<Event> => {
  const byType = new Map<string, EventShape<object>>(Object.entries(shapes));
  const shapeOf = (type: string): EventShape<object> => {
    const found = byType.get(type);
    if (!found) throw new CodecError(type, 'no such event');
    return found;
  };
  return {
    encode: ({ type, data }) => {
      const known = shapeOf(type);
      const checked = parsed(type, () => known.parse(known.version, data));
      const unsafe = findUnsafeJson(checked);
      if (unsafe !== undefined) throw new CodecError(type, `${unsafe} would not survive JSON`);
      return { type: `${type}.v${known.version}`, data: { ...checked } };
    },
    decode: (stored) => {
      const match = /^(.+)\.v([1-9]\d{0,4})$/.exec(stored.type);
      if (!match) throw new CodecError(stored.type, 'not a stored name of ours');
      const [, type = '', version = ''] = match;
      const known = shapeOf(type);
      if (!known.knows(Number(version))) throw new CodecError(stored.type, 'no such version');
      return { type, data: parsed(stored.type, () => known.parse(Number(version), stored.data)) } as Event;
    },
  };
};

const parsed = <T>(type: string, parse: () => T): T => {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const reason = error.issues
      .map((issue) => `${issue.path.join('.') || 'data'} ${issue.message}`)
      .join('; ');
    throw new CodecError(type, reason);
  }
};
