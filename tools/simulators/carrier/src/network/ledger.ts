import { type Instant, epochMs, instant } from '@claw/kernel';
import { ChatRecord, pairKey } from '../model/chat';
import { MessageRecord } from '../model/message';
import type { Engine } from '../store/engine';
import { Table } from '../store/table';

/** A message with the chat that it is in. */
export interface Placed {
  readonly chat: ChatRecord;
  readonly message: MessageRecord;
}

/** Every chat and message, with the ways to find them. */
export class Ledger {
  private readonly chats: Table<ChatRecord>;
  private readonly messages: Table<MessageRecord>;
  private readonly chatOfPair = new Map<string, string>();
  private readonly messageOfKey = new Map<string, string>();
  private readonly messagesOfChat = new Map<string, string[]>();

  constructor(engine: Engine) {
    this.chats = new Table(engine, 'chats', ChatRecord);
    this.messages = new Table(engine, 'messages', MessageRecord);
    for (const chat of this.chats.values()) this.indexChat(chat);
    for (const message of this.messages.values()) this.indexMessage(message);
  }

  chat(id: string): ChatRecord | undefined {
    return this.chats.get(id);
  }

  chatBetween(line: string, recipients: readonly string[]): ChatRecord | undefined {
    const id = this.chatOfPair.get(pairKey(line, recipients));
    return id === undefined ? undefined : this.chats.get(id);
  }

  allChats(): ChatRecord[] {
    return [...this.chats.values()];
  }

  /** A message and the chat that it is in. */
  placed(messageId: string): Placed | undefined {
    const message = this.messages.get(messageId);
    const chat = this.chats.get(message?.chat_id ?? '');
    return message === undefined || chat === undefined ? undefined : { chat, message };
  }

  placedByKey(idempotencyKey: string): Placed | undefined {
    const id = this.messageOfKey.get(idempotencyKey);
    return id === undefined ? undefined : this.placed(id);
  }

  /** In the order in which they were accepted. */
  allMessages(): MessageRecord[] {
    return [...this.messages.values()];
  }

  messagesIn(chatId: string): MessageRecord[] {
    return (this.messagesOfChat.get(chatId) ?? [])
      .map((id) => this.messages.get(id))
      .filter((message) => message !== undefined);
  }

  /** When the line sent into this chat during the last `windowMs`, oldest first. */
  recentSends(chatId: string, now: Instant, windowMs: number): Instant[] {
    const ids = this.messagesOfChat.get(chatId) ?? [];
    const sends: Instant[] = [];
    for (let index = ids.length - 1; index >= 0; index -= 1) {
      const message = this.messages.get(ids[index] ?? '');
      if (message?.direction !== 'outbound') continue;
      const at = instant(message.created_at);
      if (epochMs(at) <= epochMs(now) - windowMs) break;
      sends.unshift(at);
    }
    return sends;
  }

  saveChat(chat: ChatRecord): void {
    const before = this.chats.get(chat.id);
    if (before !== undefined && this.chatBetween(before.line, before.recipients)?.id === chat.id)
      this.chatOfPair.delete(pairKey(before.line, before.recipients));
    this.indexChat(chat);
    this.chats.put(chat.id, chat);
  }

  saveMessage(message: MessageRecord): void {
    if (this.messages.get(message.id) === undefined) this.indexMessage(message);
    this.messages.put(message.id, message);
  }

  reset(): void {
    for (const table of [this.chats, this.messages]) table.clear();
    for (const index of [this.chatOfPair, this.messageOfKey, this.messagesOfChat]) index.clear();
  }

  private indexChat(chat: ChatRecord): void {
    const key = pairKey(chat.line, chat.recipients);
    if (!this.chatOfPair.has(key)) this.chatOfPair.set(key, chat.id);
  }

  private indexMessage(message: MessageRecord): void {
    const { id, chat_id, idempotency_key } = message;
    if (idempotency_key !== null) this.messageOfKey.set(idempotency_key, id);
    const siblings = this.messagesOfChat.get(chat_id);
    if (siblings === undefined) this.messagesOfChat.set(chat_id, [id]);
    else siblings.push(id);
  }
}
