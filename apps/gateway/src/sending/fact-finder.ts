import {
  type AgencyEntry,
  type ChatEntry,
  digitsOf,
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
  type DirectChat,
  type RouteHolder,
  type SendFacts,
  toChat,
  toNumber,
} from './admission';

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
  known(subaccountId: string, terms: Terms, frame: SendFrame): SendFacts {
    const { routes, chats } = this.projections;
    const destination = destinationOf(subaccountId, frame, {
      route: (number) => routes.get(digitsOf(number)),
      chat: (chatId) => directChat(chats.get(chatId)),
    });
    return { standing: terms.standing, destination, optedOut: this.isOptedOut(terms, destination) };
  }

  /** From the buckets, for a last look before a refusal. Throws `Unavailable`. */
  async fresh(subaccountId: string, agencyId: string, frame: SendFrame): Promise<Fresh> {
    const { subaccountBucket, agencyBucket, optoutBucket } = this.projections;
    const [subaccount, agency, destination] = await Promise.all([
      subaccountBucket.get(keys.subaccount(subaccountId)),
      agencyBucket.get(keys.agency(agencyId)),
      this.freshDestination(subaccountId, frame),
    ]);
    const terms = this.termsOf(subaccount?.value, agency?.value);
    const optout =
      destination.kind === 'number' && terms.sendingNumber !== undefined
        ? await optoutBucket.get(keys.optout(digitsOf(terms.sendingNumber), digitsOf(destination.number)))
        : undefined;
    const facts = { standing: terms.standing, destination, optedOut: optout?.value.optedOut === true };
    return { terms, facts };
  }

  private async freshDestination(subaccountId: string, frame: SendFrame): Promise<Destination> {
    const { chatBucket, routeBucket } = this.projections;
    const chat =
      frame.chatId === undefined ? undefined : directChat((await chatBucket.get(frame.chatId))?.value);
    const number = frame.to?.[0] ?? chat?.number;
    const entry = number === undefined ? undefined : (await routeBucket.get(digitsOf(number)))?.value;
    return destinationOf(subaccountId, frame, { route: () => holderIn(entry), chat: () => chat });
  }

  private isOptedOut({ sendingNumber }: Terms, destination: Destination): boolean {
    const { optouts } = this.projections;
    // Nearly nobody has opted out: then no key is made.
    return (
      optouts.size > 0 &&
      destination.kind === 'number' &&
      sendingNumber !== undefined &&
      optouts.get(keys.optout(digitsOf(sendingNumber), digitsOf(destination.number))) === true
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
  { to, chatId }: SendFrame,
  look: {
    route(number: PhoneNumber): RouteHolder | undefined;
    chat(chatId: string): DirectChat | undefined;
  },
): Destination => {
  const [number] = to ?? [];
  if (number !== undefined) return toNumber(subaccountId, number, look.route(number));
  const chat = chatId === undefined ? undefined : look.chat(chatId);
  return toChat(subaccountId, chat, chat && look.route(chat.number));
};

const holderIn = (entry: RouteEntry | undefined): RouteHolder | undefined =>
  entry === undefined || entry.released ? undefined : entry;

const directChat = (entry: ChatEntry | undefined): DirectChat | undefined => {
  const [number] = entry?.participants ?? [];
  return entry === undefined || number === undefined || entry.claimRevision === null
    ? undefined
    : { subaccountId: entry.subaccountId, number, claimRevision: entry.claimRevision };
};
