import { digitsOf, eventStreams, type PhoneNumber } from '@claw/contracts';
import { AggregateStore, EventStore } from '@claw/event-store';
import {
  type Agency,
  type AgencyEvent,
  evolveAgency,
  evolveNumber,
  evolveSubaccount,
  type NumberEvent,
  type SendingNumber,
  type Subaccount,
  type SubaccountEvent,
} from '@claw/tenancy-domain';
import { Injectable } from '@nestjs/common';
import { agencyCodec, numberCodec, subaccountCodec } from './tenancy-codec';

/** The aggregates of tenancy in the event store; undefined is one whose stream isn't there. */
@Injectable()
export class Aggregates {
  readonly agencies: AggregateStore<Agency | undefined, AgencyEvent>;
  readonly subaccounts: AggregateStore<Subaccount | undefined, SubaccountEvent>;
  readonly numbers: AggregateStore<SendingNumber | undefined, NumberEvent>;

  constructor(store: EventStore) {
    this.agencies = new AggregateStore(store, {
      codec: agencyCodec,
      initial: undefined,
      evolve: evolveAgency,
    });
    this.subaccounts = new AggregateStore(store, {
      codec: subaccountCodec,
      initial: undefined,
      evolve: evolveSubaccount,
    });
    this.numbers = new AggregateStore(store, {
      codec: numberCodec,
      initial: undefined,
      evolve: evolveNumber,
    });
  }

  async agency(agencyId: string): Promise<Agency | undefined> {
    return (await this.agencies.load(eventStreams.agency(agencyId))).state;
  }

  async subaccount(subaccountId: string): Promise<Subaccount | undefined> {
    return (await this.subaccounts.load(eventStreams.subaccount(subaccountId))).state;
  }

  async number(number: PhoneNumber): Promise<SendingNumber | undefined> {
    return (await this.numbers.load(eventStreams.number(digitsOf(number)))).state;
  }
}
