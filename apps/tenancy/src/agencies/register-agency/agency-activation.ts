import { digitsOf, eventStreams, type PhoneNumber } from '@claw/contracts';
import type { EventMetadata } from '@claw/event-store';
import { nothing, systemClock } from '@claw/kernel';
import { activateAgency, assignNumber } from '@claw/tenancy-domain';
import { Injectable } from '@nestjs/common';
import { Aggregates } from '../../log/aggregates';
import { Projector } from '../../projection/projector';
import { FreeNumbers } from './free-numbers';

/** Only a pool that lags the log offers a number that is taken, and each one offered is then marked. */
const maxNumbersTried = 20;

/**
 * Gives a registered agency its sending number and activates it. May be broken off anywhere and begun again by
 * anybody: the number is reserved for the agency, then assigned to it for good, then the agency is activated with it.
 */
@Injectable()
export class AgencyActivation {
  constructor(
    private readonly aggregates: Aggregates,
    private readonly numbers: FreeNumbers,
    private readonly projector: Projector,
  ) {}

  /** Whether the agency has its number now; false where none is free. Throws `Unavailable`. */
  async complete(agencyId: string, metadata: EventMetadata): Promise<boolean> {
    const agency = await this.aggregates.agency(agencyId);
    if (!agency) throw new Error('only a registered agency is activated');
    if (agency.sendingNumber !== null) {
      await this.projector.project({ kind: 'agency', state: agency }, [], metadata);
      return true;
    }
    const sendingNumber = await this.assignNumberTo(agencyId, metadata);
    if (sendingNumber === undefined) return false;
    const { state, appended } = await this.aggregates.agencies.execute(
      eventStreams.agency(agencyId),
      (known) => (known ? activateAgency(known, { sendingNumber }, systemClock.now()) : nothing()),
      metadata,
    );
    if (state) await this.projector.project({ kind: 'agency', state }, appended, metadata);
    return true;
  }

  private async assignNumberTo(agencyId: string, metadata: EventMetadata): Promise<PhoneNumber | undefined> {
    for (let tried = 0; tried < maxNumbersTried; tried += 1) {
      const sendingNumber = await this.numbers.reserve(agencyId);
      if (sendingNumber === undefined) return undefined;
      const { decision, state, appended } = await this.aggregates.numbers.execute(
        eventStreams.number(digitsOf(sendingNumber)),
        (number) => assignNumber(number, { sendingNumber, agencyId }, systemClock.now()),
        metadata,
        { assumeNew: true },
      );
      // Whoever has it: the pool learns so, and doesn't offer it again.
      if (state) await this.projector.project({ kind: 'number', state }, appended, metadata);
      if (decision.accepted) return sendingNumber;
    }
    return undefined;
  }
}
