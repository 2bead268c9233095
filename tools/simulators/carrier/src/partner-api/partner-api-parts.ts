import type { FastifyRequest } from 'fastify';
import type { Behaviour } from '../behaviour/behaviour.schema';
import type { Behaviours } from '../behaviour/behaviours';
import type { CarrierParts } from '../carrier-parts';
import { type ApiRefusal, refusal } from '../model/refusal';

declare module 'fastify' {
  interface FastifyRequest {
    /** The line and the people that the request turned out to be about: whose behaviour counts. */
    people: readonly string[];
  }
}

export interface PartnerApiParts extends CarrierParts {
  readonly apiKey: string;
}

const OUTAGE = refusal(503, 3001, 'the service is unavailable');

/** The refusal that was asked for. */
export const onDemand = ({
  status,
  code,
  message,
  retry_after,
}: NonNullable<Behaviour['fail']>): ApiRefusal => refusal(status, code, message, retry_after);

/** Records whom a request is about; refuses it where the carrier is down for them. */
export const isDown = (
  behaviours: Behaviours,
  request: FastifyRequest,
  people: readonly string[],
): ApiRefusal | undefined => {
  request.people = people;
  return behaviours.effective(people).outage ? OUTAGE : undefined;
};

/** The same for a list, which can also be refused on demand. */
export const isListRefused = (
  behaviours: Behaviours,
  request: FastifyRequest,
  people: readonly string[],
): ApiRefusal | undefined => {
  const down = isDown(behaviours, request, people);
  if (down !== undefined) return down;
  const { fail_lists } = behaviours.effective(people);
  if (fail_lists === undefined) return undefined;
  behaviours.spend('fail_lists', people);
  return onDemand(fail_lists);
};
