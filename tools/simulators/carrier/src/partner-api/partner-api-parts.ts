import type { FastifyRequest } from 'fastify';
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

/** Records whom a request is about; refuses it where the carrier is down for them. */
export const isDown = (
  behaviours: Behaviours,
  request: FastifyRequest,
  people: readonly string[],
): ApiRefusal | undefined => {
  request.people = people;
  return behaviours.effective(people).outage ? OUTAGE : undefined;
};
