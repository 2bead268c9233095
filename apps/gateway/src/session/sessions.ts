import { closeCodes, keys } from '@claw/contracts';
import { Unavailable } from '@claw/kernel';
import type { Log } from '@claw/messaging';
import type { NowMs } from '../clock';
import { Turnstile } from '../feed/turnstile';
import type { Projections } from '../projections/projections';
import type { FactFinder } from '../sending/fact-finder';
import type { Timings } from '../timings';
import { socketsOpen } from '../metrics';
import type { AgentSession } from './agent-session';
import type { LiveSockets } from './live-sockets';

const tickMs = 1_000;

export interface SessionsParts {
  readonly projections: Projections;
  readonly facts: FactFinder;
  readonly sockets: LiveSockets;
  /** Whether this process may own anything. */
  readonly mayOwn: () => boolean;
  readonly timings: Timings;
  readonly nowMs: NowMs;
  readonly logger: Log;
}

/** The revisions that an opening was judged by. */
export interface Seen {
  readonly subaccount: number;
  readonly agency: number;
}

/** Subaccounts that are brought back at the same time after an outage. */
const mostRecoveries = 50;

/** Every live socket of this process: keeps them alive, and ends those whose right to be here has ended. */
export class Sessions {
  private readonly open = new Set<AgentSession>();
  private readonly bySubaccount = new Map<string, AgentSession>();
  private readonly byAgency = new Map<string, Set<AgentSession>>();
  private readonly turnstile = new Turnstile(mostRecoveries);
  private readonly timer: NodeJS.Timeout;
  private readonly stopWatching: readonly (() => void)[];

  constructor(private readonly parts: SessionsParts) {
    const { projections, timings } = parts;
    this.timer = setInterval(() => this.tick(parts.nowMs()), Math.min(tickMs, timings.pingEvery / 2));
    this.stopWatching = [
      projections.subaccounts.onChange((key) => {
        const session = this.bySubaccount.get(key.slice(subaccountPrefix));
        if (session !== undefined) this.review(session);
      }),
      projections.agencies.onChange((key) => {
        for (const session of this.byAgency.get(key.slice(agencyPrefix)) ?? []) this.review(session);
      }),
    ];
  }

  get size(): number {
    return this.open.size;
  }

  get all(): readonly AgentSession[] {
    return [...this.open];
  }

  /** From here on the socket feels what happens to its key, subaccount and agency; also what just happened. */
  add(session: AgentSession, seen: Seen): void {
    const { subaccountId, agencyId } = session.agent;
    this.open.add(session);
    this.bySubaccount.set(subaccountId, session);
    const ofAgency = this.byAgency.get(agencyId) ?? new Set();
    this.byAgency.set(agencyId, ofAgency.add(session));
    this.parts.sockets.set(subaccountId, session);
    socketsOpen.set(this.open.size);
    const { subaccounts, agencies } = this.parts.projections;
    const subaccount = subaccounts.get(keys.subaccount(subaccountId))?.revision ?? 0;
    const agency = agencies.get(keys.agency(agencyId))?.revision ?? 0;
    if (subaccount > seen.subaccount || agency > seen.agency) this.review(session);
  }

  remove(session: AgentSession): void {
    const { subaccountId, agencyId } = session.agent;
    this.open.delete(session);
    if (this.bySubaccount.get(subaccountId) === session) this.bySubaccount.delete(subaccountId);
    const ofAgency = this.byAgency.get(agencyId);
    ofAgency?.delete(session);
    if (ofAgency?.size === 0) this.byAgency.delete(agencyId);
    this.parts.sockets.remove(subaccountId, session);
    socketsOpen.set(this.open.size);
    session.ended();
  }

  stop(): void {
    clearInterval(this.timer);
    for (const stop of this.stopWatching) stop();
  }

  private review(session: AgentSession): void {
    const { subaccountId, agencyId, keyHash } = session.agent;
    const entry = this.parts.projections.subaccounts.get(keys.subaccount(subaccountId));
    const { standing } = this.parts.facts.terms(subaccountId, agencyId);
    if (standing === 'closed' || entry?.keyHash !== keyHash) {
      session.end(closeCodes.keyInvalid, 'invalid_api_key', 'This API key is no longer valid.');
    } else if (standing === 'suspended') {
      session.end(closeCodes.suspended, 'subaccount_suspended', 'This subaccount is suspended.');
    }
  }

  private recover(session: AgentSession): void {
    if (session.isRecovering) return;
    this.turnstile
      .pass(() => session.recover())
      .catch((error: unknown) => {
        if (!(error instanceof Unavailable))
          this.parts.logger.error({ error }, 'a socket could not be recovered');
      });
  }

  private tick(nowMs: number): void {
    const mayOwn = this.parts.mayOwn();
    for (const session of this.open) {
      if (nowMs - session.lastHeardMs >= this.parts.timings.idle)
        session.close(closeCodes.idle, 'no frame for too long');
      else if (nowMs - session.lastPingMs >= this.parts.timings.pingEvery) session.ping(nowMs);
      if (mayOwn && session.isAdrift) this.recover(session);
    }
  }
}

const subaccountPrefix = keys.subaccount('').length;
const agencyPrefix = keys.agency('').length;
