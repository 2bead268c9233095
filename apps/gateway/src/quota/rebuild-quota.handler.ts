import { automaticSender, streams, subjects } from '@claw/contracts';
import { instant, monthOf, Unavailable } from '@claw/kernel';
import {
  type BucketEntry,
  faultOf,
  type KvBucket,
  type NatsLink,
  type Rebuilt,
  WrongLastSequence,
} from '@claw/messaging';
import type { NowMs } from '../clock';
import { Turnstile } from '../feed/turnstile';
import type { OutboundLog } from '../outbound/outbound-log';
import type { Ownership } from '../ownership/ownership';
import type { Upkeep } from '../ownership/upkeep';
import type { Peers } from '../peers/peers';
import type { Timings } from '../timings';
import { inMonth, newQuota, type QuotaRecord, settledAt } from './quota-record';

type Outcome = keyof Rebuilt;

export interface RebuildQuotaParts {
  readonly nats: NatsLink;
  readonly bucket: KvBucket<QuotaRecord>;
  readonly outbound: OutboundLog;
  readonly ownership: Ownership;
  readonly upkeep: Upkeep;
  readonly peers: Peers;
  readonly timings: Timings;
  readonly nowMs: NowMs;
}

const atOnce = 8;
const mostTries = 5;

/**
 * Counts every subaccount's month anew from OUTBOUND while gateways serve: an owner counts its own between two
 * sends, what nobody owns is counted here. Records that say nothing are pruned.
 */
export class RebuildQuotaHandler {
  constructor(private readonly parts: RebuildQuotaParts) {}

  /** Throws `Unavailable`. */
  async handle(): Promise<Rebuilt> {
    const known = new Set([...(await this.parts.bucket.keys()), ...(await this.senders())]);
    const turnstile = new Turnstile(atOnce);
    const outcomes = await Promise.all(
      [...known].map((subaccountId) => turnstile.pass(() => this.rebuild(subaccountId))),
    );
    const rebuilt = { written: 0, pruned: 0, unchanged: 0 };
    for (const outcome of outcomes) rebuilt[outcome] += 1;
    return rebuilt;
  }

  /** Every subaccount with a message in OUTBOUND. */
  private async senders(): Promise<readonly string[]> {
    try {
      const manager = await this.parts.nats.manager();
      const { state } = await manager.streams.info(streams.outbound.name, {
        subjects_filter: subjects.outboundOf('*'),
      });
      return Object.keys(state.subjects ?? {})
        .map((subject) => subject.split('.')[2] ?? '')
        .filter((sender) => sender !== automaticSender);
    } catch (error) {
      throw faultOf('JetStream', error);
    }
  }

  private async rebuild(subaccountId: string): Promise<Outcome> {
    const { bucket, ownership, upkeep } = this.parts;
    for (let attempt = 0; attempt < mostTries; attempt += 1) {
      const desk = ownership.deskOf(subaccountId);
      if (desk !== undefined) return (await upkeep.recount(desk)) ? 'written' : 'unchanged';
      const entry = await bucket.get(subaccountId);
      const owner = entry?.value.owner ?? null;
      const asked = owner === null ? undefined : await this.askOwner(owner, subaccountId);
      if (asked !== undefined) return asked;
      try {
        return await this.rewrite(subaccountId, entry);
      } catch (error) {
        if (!(error instanceof WrongLastSequence)) throw error;
      }
    }
    throw new Unavailable('quota');
  }

  /** Undefined where the owner in the record is none any more. */
  private async askOwner(owner: string, subaccountId: string): Promise<Outcome | undefined> {
    const { peers, timings } = this.parts;
    try {
      const reply = await peers.ask(owner, { ask: 'recount', subaccountId }, timings.peer);
      if (reply.answer === 'not mine') return undefined;
      if (reply.answer !== 'recounted') throw new Unavailable(`gateway ${owner}`);
      return reply.changed ? 'written' : 'unchanged';
    } catch (error) {
      if (error instanceof Unavailable && !error.outcomeUnknown) return undefined;
      throw error;
    }
  }

  /** What is granted stays so: a former owner may still have messages under way, and the next one counts them. */
  private async rewrite(subaccountId: string, entry: BucketEntry<QuotaRecord> | undefined): Promise<Outcome> {
    const { bucket, outbound } = this.parts;
    const month = monthOf(instant(this.parts.nowMs()));
    const current = inMonth(entry?.value ?? newQuota(month), month);
    const { accepted, throughSeq } = await outbound.countAfter(subaccountId, current.month, 0);
    const saysNothing = accepted === 0 && current.granted === 0 && current.newRecipients.count === 0;
    if (saysNothing && entry !== undefined) {
      await bucket.delete(subaccountId, entry.revision);
      return 'pruned';
    }
    const { granted, debtors } = current;
    const next = { ...settledAt(current, accepted, throughSeq), granted, debtors };
    if (entry === undefined) await bucket.create(subaccountId, next);
    else if (next.used === entry.value.used && next.month === entry.value.month) return 'unchanged';
    else await bucket.update(subaccountId, next, entry.revision);
    return 'written';
  }
}
