import type { Clock } from '@claw/kernel';
import { type ReactCommand, react } from '../model/reaction';
import { type ApiRefusal, isRefusal } from '../model/refusal';
import type { Happenings } from './happenings';
import type { Ledger, Placed } from './ledger';

interface Parts {
  readonly ledger: Ledger;
  readonly happenings: Happenings;
  readonly clock: Clock;
}

/** What people, and we, think of messages. */
export class Reactions {
  constructor(private readonly parts: Parts) {}

  /** Adds or removes a reaction and tells it, unless all was so before. */
  react({ chat: before, message }: Placed, command: ReactCommand): ApiRefusal | undefined {
    const { ledger, happenings, clock } = this.parts;
    const now = clock.now();
    const reacted = react(message, command, now);
    if (isRefusal(reacted)) return reacted;
    const { change } = reacted;
    if (change === undefined) return undefined;
    const chat = { ...before, updated_at: now };
    ledger.saveChat(chat);
    ledger.saveMessage(reacted.message);
    happenings.tell({ ...change, chat, message: reacted.message });
    return undefined;
  }
}
