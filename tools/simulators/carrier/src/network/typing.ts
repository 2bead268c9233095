import { type Clock, plusMs } from '@claw/kernel';
import { type ChatRecord, isGroup } from '../model/chat';
import { type ApiRefusal, refusal } from '../model/refusal';
import type { Happenings } from './happenings';
import type { Schedule } from './schedule';

/** Dots that nobody renews go out by themselves after so long, in milliseconds. */
export const TYPING_MS = 60_000;

interface Parts {
  readonly happenings: Happenings;
  readonly schedule: Schedule;
  readonly clock: Clock;
}

/** Who is typing in which direct chat. Not kept over a restart: by then the dots are out. */
export class Typing {
  private readonly typing = new Map<string, Set<string>>();

  constructor(private readonly parts: Parts) {}

  /**
   * Shows the dots, or keeps them up for another minute. Groups have none; where the chat's service isn't iMessage
   * they are taken and reach nobody.
   *
   * @param who the line, or the customer
   */
  start(chat: ChatRecord, who: string): ApiRefusal | undefined {
    const { schedule, clock } = this.parts;
    if (isGroup(chat)) return refusal(403, 2005, 'typing indicators are not supported in group chats');
    if (chat.service !== 'iMessage') return undefined;
    schedule.at(this.key(chat, who), plusMs(clock.now(), TYPING_MS), () => this.put(chat, who, 'stopped'));
    this.put(chat, who, 'started');
    return undefined;
  }

  /** Takes the dots down where there are any. */
  stop(chat: ChatRecord, who: string): ApiRefusal | undefined {
    if (isGroup(chat)) return refusal(403, 2005, 'typing indicators are not supported in group chats');
    this.parts.schedule.cancel(this.key(chat, who));
    this.put(chat, who, 'stopped');
    return undefined;
  }

  whoTypesIn(chatId: string): string[] {
    return [...(this.typing.get(chatId) ?? [])];
  }

  reset(): void {
    this.typing.clear();
  }

  private put(chat: ChatRecord, by: string, state: 'started' | 'stopped'): void {
    const before = this.typing.get(chat.id) ?? new Set<string>();
    if (before.has(by) === (state === 'started')) return;
    if (state === 'started') this.typing.set(chat.id, new Set([...before, by]));
    else before.delete(by);
    this.parts.happenings.tell({ type: 'typing', chat, by, state });
  }

  private key(chat: ChatRecord, who: string): string {
    return `typing ${chat.id} ${who}`;
  }
}
