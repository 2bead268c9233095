import { type Clock, instant, plusMs } from '@claw/kernel';
import { z } from 'zod';
import type { Behaviours } from '../behaviour/behaviours';
import { type Happening, peopleOf } from '../network/happenings';
import { Schedule } from '../network/schedule';
import type { Table } from '../store/table';
import { ReorderWindows } from './reorder-windows';
import { judge, retryWaitMs } from './retry-schedule';
import { toWebhookEvent } from './webhook-event';
import type { PostWebhook } from './webhook-poster';

/** A webhook that hasn't been taken yet. */
export const PendingWebhook = z.object({
  /** Differs between the copies of one event, which have the event's id in common. */
  id: z.string(),
  event_id: z.string(),
  event_type: z.string(),
  body: z.string(),
  /** The line and the people it concerns: whose behaviour counts. */
  handles: z.array(z.string()),
  retries: z.number(),
  next_at: z.string(),
});
export type PendingWebhook = z.infer<typeof PendingWebhook>;

/** Posts under way at once; more wait their turn. */
const MAX_UNDER_WAY = 64;

/** How long a webhook waits for its window to fill, in milliseconds. */
const MAX_HELD_MS = 1_000;

/** What lies between two posts that are meant to arrive in this order, in milliseconds. */
const APART_MS = 100;

interface Parts {
  readonly pending: Table<PendingWebhook>;
  readonly behaviours: Behaviours;
  readonly post: PostWebhook;
  readonly clock: Clock;
  readonly retryScale: number;
  readonly onGivenUp: (webhook: PendingWebhook, status: number | undefined) => void;
}

/**
 * Brings events to the subscriber: each is kept until it is taken, refused for good, or given up after the last
 * retry, over restarts too. Events overtake each other, as Linq's do.
 */
export class WebhookOutbox {
  private readonly schedule = new Schedule();
  private readonly windows = new ReorderWindows();
  private readonly turn: string[] = [];
  private readonly held = new Set<string>();
  private underWay = 0;
  private closed = false;

  constructor(private readonly parts: Parts) {
    parts.behaviours.onChange(() => this.release());
  }

  /** Takes up again what was pending when the process ended. */
  resume(): void {
    for (const webhook of this.parts.pending.values()) this.plan(webhook);
  }

  enqueue(happening: Happening): void {
    const { pending, behaviours, clock } = this.parts;
    const now = clock.now();
    const event = toWebhookEvent(happening, now);
    if (event === undefined) return;
    const handles = peopleOf(happening);
    const { delays, duplicates, reorder, lose_webhooks } = behaviours.effective(handles);
    if (lose_webhooks) return;
    const heldMs = reorder > 1 ? MAX_HELD_MS : 0;
    for (let copy = 0; copy <= duplicates; copy += 1) {
      const webhook = {
        id: `${event.event_id}/${copy}`,
        event_id: event.event_id,
        event_type: event.event_type,
        body: JSON.stringify(event),
        handles,
        retries: 0,
        next_at: plusMs(now, delays.webhook_ms + heldMs),
      };
      pending.put(webhook.id, webhook);
      if (reorder > 1) this.hold(webhook, reorder, delays.webhook_ms);
      else this.plan(webhook);
    }
  }

  reset(): void {
    this.schedule.clear();
    this.windows.clear();
    this.held.clear();
    this.turn.length = 0;
    this.parts.pending.clear();
  }

  /** Starts no more posts; what is pending stays so. */
  close(): void {
    this.closed = true;
    this.schedule.clear();
    this.turn.length = 0;
  }

  /** Keeps a webhook until its window is full, or for as long as may be. */
  private hold(webhook: PendingWebhook, size: number, delayMs: number): void {
    const key = webhook.handles.join(' ');
    this.schedule.at(webhook.id, webhook.next_at, () => this.letGo(this.windows.release(key), 0));
    this.letGo(this.windows.add(key, size, webhook.id), delayMs);
  }

  private letGo(ids: readonly string[], afterMs: number): void {
    const { pending, clock } = this.parts;
    ids.forEach((id, place) => {
      const held = pending.get(id);
      if (held === undefined) return;
      const webhook = { ...held, next_at: plusMs(clock.now(), afterMs + place * APART_MS) };
      pending.put(id, webhook);
      this.plan(webhook);
    });
  }

  private plan(webhook: PendingWebhook): void {
    if (this.closed) return;
    this.schedule.at(webhook.id, webhook.next_at, () => {
      this.turn.push(webhook.id);
      this.work();
    });
  }

  private work(): void {
    while (this.underWay < MAX_UNDER_WAY) {
      const id = this.turn.shift();
      if (id === undefined) return;
      const webhook = this.parts.pending.get(id);
      if (webhook === undefined) continue;
      if (this.parts.behaviours.effective(webhook.handles).outage) {
        this.held.add(id);
        continue;
      }
      this.underWay += 1;
      void this.attempt(webhook).finally(() => {
        this.underWay -= 1;
        this.work();
      });
    }
  }

  private async attempt(webhook: PendingWebhook): Promise<void> {
    const { pending, post, clock, retryScale, onGivenUp } = this.parts;
    const status = await post(webhook.event_id, webhook.body);
    // Meanwhile a reset may have forgotten it, or closing cut it off.
    if (this.closed || pending.get(webhook.id) === undefined) return;
    const delivery = judge(status);
    const retries = webhook.retries + 1;
    const waitMs = delivery === 'again' ? retryWaitMs(retries, retryScale) : undefined;
    if (waitMs === undefined) {
      pending.remove(webhook.id);
      if (delivery !== 'taken') onGivenUp(webhook, status);
      return;
    }
    const again = { ...webhook, retries, next_at: plusMs(instant(clock.now()), waitMs) };
    pending.put(again.id, again);
    this.plan(again);
  }

  private release(): void {
    this.turn.push(...this.held);
    this.held.clear();
    this.work();
  }
}
