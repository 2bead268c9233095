import type { PhoneNumber } from '@claw/contracts';
import type { Standing } from '../projections/standing';
import { type Refusal, refusals } from './refusals';

/** Where something is to go, as far as the projections know. */
export type Destination =
  | { readonly kind: 'number'; readonly number: PhoneNumber; readonly claimRevision: number }
  | {
      readonly kind: 'group';
      readonly chatId: string;
      /** Everybody in it but the sending number. */
      readonly people: readonly PhoneNumber[];
      /** Those of them that are the subaccount's own routes: others are nobody's to name. */
      readonly own: readonly PhoneNumber[];
    }
  | { readonly kind: 'no route'; readonly numbers: readonly PhoneNumber[] }
  | { readonly kind: 'no chat' };

/** What a send is held against before it costs anything. */
export interface SendFacts {
  readonly standing: Standing;
  readonly destination: Destination;
  /** Those of its people who have opted out. */
  readonly optedOut: readonly PhoneNumber[];
}

/** Why these facts forbid a send; undefined where they don't. */
export const refusalBy = ({ standing, destination, optedOut }: SendFacts): Refusal | undefined => {
  if (standing !== 'active') return refusals.suspended;
  if (destination.kind === 'no chat') return refusals.chatNotFound;
  if (destination.kind === 'no route') return refusals.routeNotRegistered(destination.numbers);
  if (optedOut.length === 0) return undefined;
  const named =
    destination.kind === 'group' ? optedOut.filter((one) => destination.own.includes(one)) : optedOut;
  return refusals.optedOut(named);
};

/** Everybody whom a destination reaches. */
export const peopleOf = (destination: Destination): readonly PhoneNumber[] => {
  if (destination.kind === 'group') return destination.people;
  return destination.kind === 'number' ? [destination.number] : [];
};

/** Who holds a number now. */
export interface RouteHolder {
  readonly subaccountId: string;
  readonly claimRevision: number;
}

/** A chat as the `chats` bucket has it; a group has no claim. */
export interface KnownChat {
  readonly chatId: string;
  readonly subaccountId: string;
  readonly people: readonly PhoneNumber[];
  readonly claimRevision: number | null;
}

type Holders = (number: PhoneNumber) => RouteHolder | undefined;

/** A number is a destination for the subaccount that holds its route. */
export const toNumber = (
  subaccountId: string,
  number: PhoneNumber,
  route: RouteHolder | undefined,
): Destination =>
  route?.subaccountId === subaccountId
    ? { kind: 'number', number, claimRevision: route.claimRevision }
    : { kind: 'no route', numbers: [number] };

/** A group may be opened with the subaccount's own routes alone. */
export const toNewGroup = (
  subaccountId: string,
  chatId: string,
  people: readonly PhoneNumber[],
  holderOf: Holders,
): Destination => {
  const strangers = people.filter((number) => holderOf(number)?.subaccountId !== subaccountId);
  return strangers.length === 0
    ? { kind: 'group', chatId, people, own: people }
    : { kind: 'no route', numbers: strangers };
};

/**
 * A chat is one for its own subaccount: with a number for as long as the claim lasts that it began with, a group for
 * as long as anybody in it is a route of the subaccount's.
 */
export const toChat = (subaccountId: string, chat: KnownChat | undefined, holderOf: Holders): Destination => {
  if (chat?.subaccountId !== subaccountId) return { kind: 'no chat' };
  const { chatId, people, claimRevision } = chat;
  if (claimRevision === null) {
    const own = people.filter((number) => holderOf(number)?.subaccountId === subaccountId);
    return own.length > 0 ? { kind: 'group', chatId, people, own } : { kind: 'no chat' };
  }
  const [number] = people;
  if (number === undefined) return { kind: 'no chat' };
  const destination = toNumber(subaccountId, number, holderOf(number));
  return destination.kind === 'number' && destination.claimRevision !== claimRevision
    ? { kind: 'no chat' }
    : destination;
};
