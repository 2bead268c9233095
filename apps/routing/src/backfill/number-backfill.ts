import type { PhoneNumber } from '@claw/contracts';
import { type Clock, epochMs, type Instant, plusMs } from '@claw/kernel';
import type { Log } from '@claw/messaging';
import type { ListedChat } from '../inbound/carrier-events';
import { NoticeIntake, storableEvent } from '../inbound/notice-intake';
import { CarrierRecord, type UnsettledChat } from '../ledger/carrier-record';
import { CustomerReactions } from '../ledger/customer-reactions';
import { longestWebhook } from '../webhooks/carrier-webhook.route';
import { backfilledEvents } from './backfill.metrics';
import { BackfillCheckpoints } from './backfill-checkpoints';
import { CarrierHistory } from './carrier-history';
import { lastChange, type MissedEvent, missedEvents } from './missed-events';
import { missedReactions } from './missed-reactions';
import { type ChatRead, RoundProgress } from './round-progress';

const minute = 60_000;
const day = 24 * 60 * minute;

/** How far each round looks back behind the last one: clocks differ, and lists may lag behind. */
const overlapMs = 5 * minute;
/** How far the first one looks back. */
const firstLookMs = day;
/** A message that comes up in a list only now is not made longer ago than this, nor is one whose state still changes. */
const latestMs = day;
/** A chat that was read this long after something last happened in it is known until something happens again. */
const settledMs = 30_000;
/** At which ages a message that hasn't arrived, as far as anybody told, is looked up: its chat may not show that it did. */
const looksAt = Array.from({ length: 12 }, (_, index) => 30_000 * 2 ** index);

/** What one round may take; what is left is for the next one. */
const roundBound = { events: 2_000, ms: minute };

interface Reading {
  readonly activeAt: Instant;
  readonly readAt: Instant;
}

export interface NumberBackfillParts {
  readonly history: CarrierHistory;
  readonly record: CarrierRecord;
  readonly reactions: CustomerReactions;
  readonly intake: NoticeIntake;
  readonly checkpoints: BackfillCheckpoints;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Finds what no webhook told of one sending number, and has it taken in as if one had. Its checkpoint moves on only
 * when all from before it is durable, so that whoever is next goes on where this one ended.
 */
export class NumberBackfill {
  private readonly readings = new Map<string, Reading>();

  constructor(
    private readonly line: PhoneNumber,
    private readonly parts: NumberBackfillParts,
  ) {}

  /** One look through the lists. Throws `Unavailable`; what was done until then is done. */
  async round(signal: AbortSignal): Promise<'done' | 'unfinished'> {
    const { history, checkpoints, clock } = this.parts;
    const now = clock.now();
    const after = (await checkpoints.load(this.line)) ?? plusMs(now, -firstLookMs);
    const since = plusMs(after, -overlapMs);
    const { items, complete } = await history.chats(this.line, since, signal);
    const progress = new RoundProgress(after, complete, roundBound);
    this.forgetAllBut(items);
    try {
      for (const chat of items.toSorted(byActivity)) {
        if (progress.spent) return 'unfinished';
        progress.add(await this.readActive(chat, since, signal), chat.updated_at);
      }
      for (const chat of await this.unsettled({ after, until: now }, items)) {
        if (progress.spent) return 'unfinished';
        progress.add(await this.read(chat, since, signal));
      }
      progress.finish(now);
      return 'done';
    } finally {
      if (progress.until !== after) await checkpoints.save(this.line, progress.until);
    }
  }

  private forgetAllBut(chats: readonly ListedChat[]): void {
    const listed = new Set(chats.map(({ id }) => id));
    for (const id of this.readings.keys()) if (!listed.has(id)) this.readings.delete(id);
  }

  /** Chats in which a message may have arrived though nothing happened in them otherwise. */
  private async unsettled(
    span: { readonly after: Instant; readonly until: Instant },
    listed: readonly ListedChat[],
  ): Promise<readonly UnsettledChat[]> {
    const read = new Set(listed.map(({ id }) => id));
    const chats = await this.parts.record.unsettledChats(this.line, span, looksAt);
    return chats.filter(({ id }) => !read.has(id));
  }

  private async readActive(
    { id, is_group: isGroup, updated_at: activeAt }: ListedChat,
    since: Instant,
    signal: AbortSignal,
  ): Promise<ChatRead> {
    const last = this.readings.get(id);
    if (last?.activeAt === activeAt && epochMs(last.readAt) >= epochMs(activeAt) + settledMs) {
      return { events: 0, complete: true };
    }
    const readAt = this.parts.clock.now();
    const read = await this.read({ id, isGroup }, since, signal);
    if (read.complete) this.readings.set(id, { activeAt, readAt });
    return read;
  }

  private async read({ id, isGroup }: UnsettledChat, since: Instant, signal: AbortSignal): Promise<ChatRead> {
    const { history, record, reactions, clock } = this.parts;
    // Known before the list was made: whatever comes in meanwhile isn't taken for taken back.
    const shown = await reactions.inChat(id);
    const { items, complete } = await history.messages(id, plusMs(since, -latestMs), signal);
    const recorded = await record.of(items.map((message) => message.id));
    const chat = { id, isGroup, line: this.line };
    const events = items
      .filter((message) => recorded.has(message.id) || (!message.is_from_me && lastChange(message) >= since))
      .toSorted((one, other) => epochMs(one.created_at) - epochMs(other.created_at))
      .flatMap((message) => [
        ...missedEvents(message, chat, recorded.get(message.id)),
        ...missedReactions(message, chat, shown, clock.now()),
      ]);
    for (const event of events) {
      signal.throwIfAborted();
      await this.takeIn(event);
    }
    return { events: events.length, complete };
  }

  private async takeIn({ id, type, body }: MissedEvent): Promise<void> {
    const { intake, log } = this.parts;
    const json = JSON.stringify(body);
    if (Buffer.byteLength(json) > longestWebhook) {
      log.error({ line: this.line, event: id }, 'what the carrier lists is too long to be taken in');
      return;
    }
    await intake.keep(id, storableEvent(json));
    backfilledEvents.inc({ event: type });
  }
}

const byActivity = (one: ListedChat, other: ListedChat): number =>
  epochMs(one.updated_at) - epochMs(other.updated_at);
