import {
  type AgencyEntry,
  type ChatEntry,
  digitsOf,
  directChatId,
  groupChatId,
  keys,
  type LimitsMode,
  limitsFor,
  type PhoneNumber,
  type RouteEntry,
  type SendFrame,
  type SubaccountEntry,
  type VolumeLimits,
} from '@claw/contracts';
import type { Projections } from '../projections/projections';
import { type Standing, standingOf } from '../projections/standing';
import {
  type Destination,
  type KnownChat,
  peopleOf,
  type RouteHolder,
  type SendFacts,
  toChat,
  toNewGroup,
  toNumber,
} from './admission';

/** Where a frame says that it is to go. */
export type Address = Pick<SendFrame, 'to' | 'chatId'>;

const nobody: readonly PhoneNumber[] = [];

/** A subaccount's own terms, as known. */
export interface Terms {
  readonly standing: Standing;
  readonly sendingNumber: PhoneNumber | undefined;
  readonly messageLimit: number;
  readonly limits: VolumeLimits;
}

/** What the buckets say now. */
export interface Fresh {
  readonly terms: Terms;
  readonly facts: SendFacts;
}

/** Finds out what a send is held against: from memory, or where that would refuse it, from the buckets themselves. */
export class FactFinder {
  private readonly limitsOf = new WeakMap<AgencyEntry, VolumeLimits>();
  private readonly defaults: VolumeLimits;

  constructor(
    private readonly projections: Projections,
    private readonly mode: LimitsMode,
  ) {
    this.defaults = limitsFor(mode);
  }

  /** From memory. */
  terms(subaccountId: string, agencyId: string): Terms {
    const { subaccounts, agencies } = this.projections;
    return this.termsOf(subaccounts.get(keys.subaccount(subaccountId)), agencies.get(keys.agency(agencyId)));
  }

  /** Of what was read of them. */
  termsOf(subaccount: SubaccountEntry | undefined, agency: AgencyEntry | undefined): Terms {
    return {
      standing: standingOf(subaccount, agency),
      sendingNumber: agency?.sendingNumber ?? undefined,
      messageLimit: subaccount?.messageLimit ?? 0,
      limits: this.limits(agency),
    };
  }

  /** From memory. */
  known(subaccountId: string, terms: Terms, address: Address): SendFacts {
    const { routes, chats } = this.projections;
    const destination = destinationOf(subaccountId, address, {
      route: (number) => routes.get(digitsOf(number)),
      chat: (chatId) => knownChat(chatId, chats.get(chatId)),
    });
    return { standing: terms.standing, destination, optedOut: this.optedOut(terms, destination) };
  }

  /** From the buckets. Throws `Unavailable`. */
  async freshTerms(subaccountId: string, agencyId: string): Promise<Terms> {
    const { subaccountBucket, agencyBucket } = this.projections;
    const [subaccount, agency] = await Promise.all([
      subaccountBucket.get(keys.subaccount(subaccountId)),
      agencyBucket.get(keys.agency(agencyId)),
    ]);
    return this.termsOf(subaccount?.value, agency?.value);
  }

  /** From the buckets, for a last look before a refusal. Throws `Unavailable`. */
  async fresh(subaccountId: string, agencyId: string, address: Address): Promise<Fresh> {
    const [terms, destination] = await Promise.all([
      this.freshTerms(subaccountId, agencyId),
      this.freshDestination(subaccountId, address),
    ]);
    const optedOut = await this.freshOptedOut(terms, destination);
    return { terms, facts: { standing: terms.standing, destination, optedOut } };
  }

  /** How many people of a destination the subaccount has no chat with yet. Throws `Unavailable`. */
  async newcomers(subaccountId: string, destination: Destination): Promise<number> {
    if (destination.kind === 'group' && (await this.hasChat(destination.chatId))) return 0;
    const chatIds = peopleOf(destination).map((number) => {
      const claimRevision =
        destination.kind === 'number'
          ? destination.claimRevision
          : (this.projections.routes.get(digitsOf(number))?.claimRevision ?? 0);
      return directChatId(subaccountId, number, claimRevision);
    });
    const known = await Promise.all(chatIds.map((chatId) => this.hasChat(chatId)));
    return known.filter((isKnown) => !isKnown).length;
  }

  private async hasChat(chatId: string): Promise<boolean> {
    const { chats, chatBucket } = this.projections;
    return chats.get(chatId) !== undefined || (await chatBucket.get(chatId)) !== undefined;
  }

  private async freshDestination(subaccountId: string, address: Address): Promise<Destination> {
    const { chatBucket, routeBucket } = this.projections;
    const { to, chatId } = address;
    const chat = chatId === undefined ? undefined : knownChat(chatId, (await chatBucket.get(chatId))?.value);
    const entries = new Map(
      await Promise.all(
        (to ?? chat?.people ?? []).map(
          async (number) => [number, holderIn((await routeBucket.get(digitsOf(number)))?.value)] as const,
        ),
      ),
    );
    return destinationOf(subaccountId, address, { route: (number) => entries.get(number), chat: () => chat });
  }

  private async freshOptedOut(
    { sendingNumber }: Terms,
    destination: Destination,
  ): Promise<readonly PhoneNumber[]> {
    if (sendingNumber === undefined) return nobody;
    const people = peopleOf(destination);
    const entries = await Promise.all(
      people.map((number) =>
        this.projections.optoutBucket.get(keys.optout(digitsOf(sendingNumber), digitsOf(number))),
      ),
    );
    return people.filter((_, index) => entries[index]?.value.optedOut === true);
  }

  private optedOut({ sendingNumber }: Terms, destination: Destination): readonly PhoneNumber[] {
    const { optouts } = this.projections;
    // Nearly nobody has opted out: then no key is made.
    if (optouts.size === 0 || sendingNumber === undefined) return nobody;
    const sending = digitsOf(sendingNumber);
    return peopleOf(destination).filter(
      (number) => optouts.get(keys.optout(sending, digitsOf(number))) === true,
    );
  }

  private limits(agency: AgencyEntry | undefined): VolumeLimits {
    if (agency === undefined) return this.defaults;
    const known = this.limitsOf.get(agency);
    if (known !== undefined) return known;
    const limits = limitsFor(this.mode, agency.limits);
    this.limitsOf.set(agency, limits);
    return limits;
  }
}

const destinationOf = (
  subaccountId: string,
  { to, chatId }: Address,
  look: {
    route(number: PhoneNumber): RouteHolder | undefined;
    chat(chatId: string): KnownChat | undefined;
  },
): Destination => {
  const [number, another] = to ?? nobody;
  if (to !== undefined && another !== undefined) {
    return toNewGroup(subaccountId, groupChatId(subaccountId, to), to, look.route);
  }
  if (number !== undefined) return toNumber(subaccountId, number, look.route(number));
  return toChat(subaccountId, chatId === undefined ? undefined : look.chat(chatId), look.route);
};

const holderIn = (entry: RouteEntry | undefined): RouteHolder | undefined =>
  entry === undefined || entry.released ? undefined : entry;

const knownChat = (chatId: string, entry: ChatEntry | undefined): KnownChat | undefined =>
  entry && {
    chatId,
    subaccountId: entry.subaccountId,
    people: entry.participants,
    claimRevision: entry.claimRevision,
  };
