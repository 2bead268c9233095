import type { Clock } from '@claw/kernel';
import type { Behaviours } from '../behaviour/behaviours';
import type { ChatRecord } from '../model/chat';
import { renamed, withMember, withoutMember } from '../model/group';
import { type ApiRefusal, isRefusal } from '../model/refusal';
import type { Happenings } from './happenings';
import type { Ledger } from './ledger';

interface Parts {
  readonly ledger: Ledger;
  readonly behaviours: Behaviours;
  readonly happenings: Happenings;
  readonly clock: Clock;
}

/** Who is in a group, and what it is called. Each change is told, or refused as Linq would. */
export class Groups {
  constructor(private readonly parts: Parts) {}

  add(before: ChatRecord, handle: string): ApiRefusal | undefined {
    const { ledger, behaviours, happenings, clock } = this.parts;
    const { capabilities } = behaviours.effective([handle]);
    const chat = withMember(before, handle, capabilities, clock.now());
    if (isRefusal(chat)) return chat;
    ledger.saveChat(chat);
    happenings.tell({ type: 'participant.added', chat, handle });
    return undefined;
  }

  /** @param how `removed` by somebody, or `left` of their own accord */
  remove(before: ChatRecord, handle: string, how: 'left' | 'removed'): ApiRefusal | undefined {
    const { ledger, happenings, clock } = this.parts;
    const chat = withoutMember(before, handle, how, clock.now());
    if (isRefusal(chat)) return chat;
    ledger.saveChat(chat);
    happenings.tell({ type: 'participant.removed', chat, handle });
    return undefined;
  }

  /** @param by who does it: the line, or one of the members */
  rename(before: ChatRecord, name: string, by: string): ApiRefusal | undefined {
    const { ledger, happenings, clock } = this.parts;
    const chat = renamed(before, name, clock.now());
    if (isRefusal(chat)) return chat;
    ledger.saveChat(chat);
    if (name !== before.name) happenings.tell({ type: 'chat.renamed', chat, by, previous: before.name });
    return undefined;
  }
}
