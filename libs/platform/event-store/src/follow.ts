import { setTimeout as pauseFor } from 'node:timers/promises';
import { backoffMs } from '@claw/kernel';
import type { EventStore, StoredEvent } from './event-store';
import type { Position } from './position';

/** Where a follower says what goes wrong; a pino logger fits. */
export interface FollowLogger {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface FollowOptions<Logged> {
  /** Beginnings of stream names, such as `phone-`. */
  readonly prefixes: readonly string[];
  /** The last place that was handled; `end`: only what comes from now on. */
  readonly after: Position | 'start' | 'end';
  /** Is given one event at a time; a rejection repeats it. */
  readonly handle: (event: Logged) => void | Promise<void>;
  /** All that was there when it (re)connected has been handled. */
  readonly onCaughtUp?: () => void | Promise<void>;
  readonly signal: AbortSignal;
  readonly logger: FollowLogger;
}

const LONGEST_PAUSE_MS = 5_000;

/** See `EventLog.follow`. */
export const follow = async <Logged>(
  store: EventStore,
  decode: (stored: StoredEvent) => Logged,
  options: FollowOptions<Logged>,
): Promise<void> => {
  const { prefixes, signal, logger } = options;
  let place = options.after;
  let faults = 0;

  const work = async (subscription: Subscription): Promise<void> => {
    faults = 0;
    for (;;) {
      const pulled = await subscription.next();
      if (signal.aborted) return;
      if (pulled.kind === 'end') throw new Error('the server ended the subscription');
      if (pulled.kind === 'mark') await options.onCaughtUp?.();
      else if (pulled.element.event) {
        await handleUntilDone(pulled.element.event, decode, options);
        if (signal.aborted) return;
        place = pulled.element.event.position;
      }
    }
  };

  while (!signal.aborted) {
    try {
      if (place === 'end') place = (await store.lastPosition()) ?? 'start';
      const subscription = await store.subscribe(prefixes, place);
      const close = () => subscription.close();
      signal.addEventListener('abort', close, { once: true });
      try {
        if (!signal.aborted) await work(subscription);
      } finally {
        signal.removeEventListener('abort', close);
        subscription.close();
      }
    } catch (error) {
      if (signal.aborted) return;
      faults += 1;
      logger.warn({ err: error, prefixes, faults }, 'following the log was interrupted');
      await pause(backoffMs(faults, 100, LONGEST_PAUSE_MS), signal);
    }
  }
};

type Subscription = Awaited<ReturnType<EventStore['subscribe']>>;

const handleUntilDone = async <Logged>(
  stored: StoredEvent,
  decode: (stored: StoredEvent) => Logged,
  { handle, signal, logger }: FollowOptions<Logged>,
): Promise<void> => {
  for (let attempt = 1; !signal.aborted; attempt += 1) {
    try {
      await handle(decode(stored));
      return;
    } catch (error) {
      const { streamId, revision, type } = stored;
      logger.error(
        { err: error, streamId, revision: String(revision), type, attempt },
        'an event could not be handled; it is tried again',
      );
      await pause(backoffMs(attempt, 100, LONGEST_PAUSE_MS), signal);
    }
  }
};

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  pauseFor(ms, undefined, { signal }).catch(() => undefined);
