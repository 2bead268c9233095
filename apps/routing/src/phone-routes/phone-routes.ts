import { digitsOf, eventStreams, type PhoneDigits, type PhoneNumber } from '@claw/contracts';
import { AggregateStore, type EventMetadata, EventStore } from '@claw/event-store';
import type { Decision } from '@claw/kernel';
import { evolvePhoneRoute, type PhoneRoute, type PhoneRouteEvent, unclaimed } from '@claw/routing-domain';
import { Injectable } from '@nestjs/common';
import { phoneRouteCodec } from './phone-route.codec';
import { RouteProjection } from './route-projection';

/** The phone routes: each number's log, and what is projected from it. Throws `Unavailable`. */
@Injectable()
export class PhoneRoutes {
  private readonly aggregates: AggregateStore<PhoneRoute, PhoneRouteEvent>;

  constructor(
    private readonly store: EventStore,
    private readonly projection: RouteProjection,
  ) {
    const definition = { codec: phoneRouteCodec, initial: unclaimed, evolve: evolvePhoneRoute };
    this.aggregates = new AggregateStore(store, definition);
  }

  /**
   * Decides about a number and, where that was accepted, has it in the log and in every projection before it answers;
   * also where nothing was to change, as an earlier answer may have been lost half-way.
   */
  async execute<Code extends string>(
    number: PhoneNumber,
    decide: (route: PhoneRoute) => Decision<PhoneRouteEvent, Code> | Promise<Decision<PhoneRouteEvent, Code>>,
    metadata: EventMetadata,
  ): Promise<Decision<PhoneRouteEvent, Code>> {
    const digits = digitsOf(number);
    const { decision, state } = await this.aggregates.execute(eventStreams.phone(digits), decide, metadata);
    if (decision.accepted) await this.projection.write(digits, state);
    return decision;
  }

  /** Writes what the log says about a number now to every projection. */
  async project(digits: PhoneDigits): Promise<void> {
    const { state } = await this.aggregates.load(eventStreams.phone(digits));
    await this.projection.write(digits, state);
  }

  /** Sees to it that every projection tells of a number as of a revision: mostly they do already. */
  async heal(digits: PhoneDigits, revision: number): Promise<void> {
    if (!(await this.projection.tellsOf(digits, revision))) await this.project(digits);
  }

  /** Everything that ever happened to a number, in order. */
  async history(digits: PhoneDigits): Promise<readonly PhoneRouteEvent[]> {
    const stored = await this.store.readStream(eventStreams.phone(digits));
    return stored.map((event) => phoneRouteCodec.decode(event));
  }
}
