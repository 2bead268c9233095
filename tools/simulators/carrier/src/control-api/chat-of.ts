import type { ChatRecord } from '../model/chat';
import { type ApiRefusal, chatNotFound, refusal } from '../model/refusal';
import type { Ledger } from '../network/ledger';

/** Where a customer acts: the direct chat with a line, or any chat that they are in, by its id. */
export interface Where {
  readonly from: string;
  readonly to?: string | undefined;
  readonly chat_id?: string | undefined;
}

/** The chat that is meant; refused where there is none, or where the customer isn't in it. */
export const chatOf = (ledger: Ledger, { from, to, chat_id }: Where): ChatRecord | ApiRefusal => {
  const chat = chat_id === undefined ? ledger.chatBetween(to ?? '', [from]) : ledger.chat(chat_id);
  if (chat === undefined) return chatNotFound;
  return chat.recipients.includes(from) ? chat : refusal(400, 1005, `${from} is not in this chat`);
};
