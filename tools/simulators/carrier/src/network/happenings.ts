import { type ChatRecord, peopleIn } from '../model/chat';
import type { LineRecord, LineStatus } from '../model/line';
import type { MessageRecord } from '../model/message';
import type { ReactionRecord } from '../model/reaction';

/** What happened on the simulated network, in the order in which it did. */
export type Happening =
  | { readonly type: 'chat.created' | 'chat.read'; readonly chat: ChatRecord }
  | {
      readonly type:
        | 'message.accepted'
        | 'message.sent'
        | 'message.delivered'
        | 'message.read'
        | 'message.failed'
        | 'message.received';
      readonly chat: ChatRecord;
      readonly message: MessageRecord;
    }
  | {
      readonly type: 'reaction.added' | 'reaction.removed';
      readonly chat: ChatRecord;
      readonly message: MessageRecord;
      readonly reaction: ReactionRecord;
    }
  | {
      readonly type: 'typing';
      readonly chat: ChatRecord;
      readonly by: string;
      readonly state: 'started' | 'stopped';
    }
  | {
      readonly type: 'participant.added' | 'participant.removed';
      readonly chat: ChatRecord;
      readonly handle: string;
    }
  | {
      readonly type: 'chat.renamed';
      readonly chat: ChatRecord;
      readonly by: string;
      readonly previous: string | null;
    }
  | { readonly type: 'line.changed'; readonly line: LineRecord; readonly previous: LineStatus };

/** The lines and the people that it is about: whose behaviour counts. */
export const peopleOf = (happening: Happening): string[] =>
  'chat' in happening ? peopleIn(happening.chat) : [happening.line.phone_number];

/** Tells everyone who listens, at once, so that what a listener writes is durable together with its cause. */
export class Happenings {
  private readonly listeners = new Set<(happening: Happening) => void>();

  /** @returns how to stop listening */
  listen(listener: (happening: Happening) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(happening: Happening): void {
    for (const listener of this.listeners) listener(happening);
  }
}
