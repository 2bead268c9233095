import type { FastifyRequest } from 'fastify';
import type { Attachments } from '../attachments/attachments';
import type { Behaviours } from '../behaviour/behaviours';
import { type ApiRefusal, refusal } from '../model/refusal';
import type { Groups } from '../network/groups';
import type { Ledger } from '../network/ledger';
import type { Network } from '../network/network';
import type { Reactions } from '../network/reactions';
import type { Reading } from '../network/reading';
import type { Typing } from '../network/typing';

declare module 'fastify' {
  interface FastifyRequest {
    /** The line and the people that the request turned out to be about: whose behaviour counts. */
    people: readonly string[];
  }
}

export interface PartnerApiParts {
  readonly apiKey: string;
  readonly attachments: Attachments;
  readonly behaviours: Behaviours;
  readonly groups: Groups;
  readonly ledger: Ledger;
  readonly network: Network;
  readonly reactions: Reactions;
  readonly reading: Reading;
  readonly typing: Typing;
  /** Resolves when all that was done so far is on disk. */
  readonly durable: () => Promise<void>;
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
