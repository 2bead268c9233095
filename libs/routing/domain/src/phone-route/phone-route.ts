import { assertNever, type Instant } from '@claw/kernel';

/** Why a route ended. `holder_closed`: its subaccount was closed, whether noticed at once or by the next claim. */
export type ReleaseReason = 'requested' | 'holder_closed';

export interface PhoneRouteClaimed {
  readonly type: 'PhoneRouteClaimed';
  readonly data: {
    readonly phoneNumber: string;
    readonly subaccountId: string;
    readonly agencyId: string;
    readonly at: Instant;
  };
}

export interface PhoneRouteReleased {
  readonly type: 'PhoneRouteReleased';
  readonly data: {
    readonly phoneNumber: string;
    readonly subaccountId: string;
    readonly agencyId: string;
    readonly reason: ReleaseReason;
    readonly at: Instant;
  };
}

/** The facts of one end-customer number, worldwide: the stream `phone-<digits>` is the lock on it. */
export type PhoneRouteEvent = PhoneRouteClaimed | PhoneRouteReleased;

/** One subaccount's time with a number. `claimRevision` is the claim's place in the stream. */
export interface Holding {
  readonly phoneNumber: string;
  readonly subaccountId: string;
  readonly agencyId: string;
  readonly claimedAt: Instant;
  readonly claimRevision: number;
}

/** Who holds a number now. */
export interface PhoneRoute {
  readonly holding: Holding | undefined;
  /** The last one who let go; kept so that a released route can be shown for what it was. */
  readonly released: (Holding & { readonly releasedAt: Instant }) | undefined;
  /** When the last fact happened: no later one may carry an earlier time. */
  readonly changedAt: Instant | undefined;
  /** The stream's newest revision; -1 where nothing has happened yet. */
  readonly revision: number;
}

export const unclaimed: PhoneRoute = {
  holding: undefined,
  released: undefined,
  changedAt: undefined,
  revision: -1,
};

export const evolvePhoneRoute = (route: PhoneRoute, event: PhoneRouteEvent): PhoneRoute => {
  const revision = route.revision + 1;
  switch (event.type) {
    case 'PhoneRouteClaimed': {
      const { at, ...claim } = event.data;
      const holding = { ...claim, claimedAt: at, claimRevision: revision };
      return { ...route, holding, changedAt: at, revision };
    }
    case 'PhoneRouteReleased': {
      const released =
        route.holding === undefined ? route.released : { ...route.holding, releasedAt: event.data.at };
      return { holding: undefined, released, changedAt: event.data.at, revision };
    }
    default:
      return assertNever(event);
  }
};

/** The time to write for something that happens now: replicas' clocks differ, a stream's times don't go back. */
export const timeOfChange = (route: PhoneRoute, now: Instant): Instant =>
  route.changedAt !== undefined && route.changedAt > now ? route.changedAt : now;
