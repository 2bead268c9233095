import type { Clock } from '@claw/kernel';
import { type ChatRecord, isGroup } from '../model/chat';
import { hasReadReceipts } from '../model/lifecycle';
import type { Happenings } from './happenings';
import type { Ledger } from './ledger';

interface Parts {
  readonly ledger: Ledger;
  readonly happenings: Happenings;
  readonly clock: Clock;
}

/** Who read what, told to the other side. */
export class Reading {
  constructor(private readonly parts: Parts) {}

  /** We read what the customers wrote. */
  byLine(chat: ChatRecord): void {
    const { ledger, happenings, clock } = this.parts;
    const now = clock.now();
    for (const message of ledger.messagesIn(chat.id)) {
      if (message.status !== 'received') continue;
      ledger.saveMessage({ ...message, status: 'read', read_at: now, updated_at: now });
    }
    happenings.tell({ type: 'chat.read', chat });
  }

  /** The customer reads what was delivered. SMS and groups don't tell. */
  byCustomer(chat: ChatRecord): void {
    const { ledger, happenings, clock } = this.parts;
    const now = clock.now();
    for (const before of ledger.messagesIn(chat.id)) {
      if (before.status !== 'delivered' || before.direction !== 'outbound') continue;
      if (!hasReadReceipts(before.service, isGroup(chat))) continue;
      const message = { ...before, status: 'read' as const, read_at: now, updated_at: now, due: [] };
      ledger.saveMessage(message);
      happenings.tell({ type: 'message.read', chat, message });
    }
  }
}
