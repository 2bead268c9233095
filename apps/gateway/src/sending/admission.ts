import type { PhoneNumber } from '@claw/contracts';
import type { Standing } from '../projections/standing';
import { type Refusal, refusals } from './refusals';

/** Where a send is to go, as far as the projections know. */
export type Destination =
  | { readonly kind: 'number'; readonly number: PhoneNumber; readonly claimRevision: number }
  | { readonly kind: 'no route'; readonly number: PhoneNumber }
  | { readonly kind: 'no chat' };

/** What a send is held against before it costs anything. */
export interface SendFacts {
  readonly standing: Standing;
  readonly destination: Destination;
  readonly optedOut: boolean;
}

/** Why these facts forbid a send; undefined where they don't. */
export const refusalBy = ({ standing, destination, optedOut }: SendFacts): Refusal | undefined => {
  if (standing !== 'active') return refusals.suspended;
  if (destination.kind === 'no chat') return refusals.chatNotFound;
  if (destination.kind === 'no route') return refusals.routeNotRegistered(destination.number);
  return optedOut ? refusals.optedOut(destination.number) : undefined;
};

/** Who holds a number now. */
export interface RouteHolder {
  readonly subaccountId: string;
  readonly claimRevision: number;
}

/** A chat with one number. */
export interface DirectChat {
  readonly subaccountId: string;
  readonly number: PhoneNumber;
  readonly claimRevision: number;
}

/** A number is a destination for the subaccount that holds its route. */
export const toNumber = (
  subaccountId: string,
  number: PhoneNumber,
  route: RouteHolder | undefined,
): Destination =>
  route?.subaccountId === subaccountId
    ? { kind: 'number', number, claimRevision: route.claimRevision }
    : { kind: 'no route', number };

/** A chat is one for its own subaccount, for as long as the claim lasts that it began with. */
export const toChat = (
  subaccountId: string,
  chat: DirectChat | undefined,
  route: RouteHolder | undefined,
): Destination => {
  if (chat?.subaccountId !== subaccountId) return { kind: 'no chat' };
  const destination = toNumber(subaccountId, chat.number, route);
  return destination.kind === 'number' && destination.claimRevision !== chat.claimRevision
    ? { kind: 'no chat' }
    : destination;
};
