import type { PhoneNumber } from '@claw/contracts';
import { epochMs, type Instant } from '@claw/kernel';
import type { LinqAPIV3 } from '@linqapp/sdk';
import type { z } from 'zod';
import { unreadableItems } from '../backfill/backfill.metrics';
import { CarrierHistory, type Listed } from '../backfill/carrier-history';
import {
  type ListedChat,
  listedChatSchema,
  type ListedMessage,
  listedMessageSchema,
} from '../inbound/carrier-events';
import { linqClient, type LinqOptions } from './linq-client';
import { faultOf, isChatUnknown } from './linq-failures';
import { pageSize, readBackTo, type ReadingBound } from './linq-lists';

/** 20,000 of a list are read: a chat where both sides write 30 a minute has so many in five hours. */
const bound: ReadingBound = { pages: 200, patienceMs: 5 * 60_000 };

/** Reads lists by Linq's Partner API v3. */
export class LinqHistory extends CarrierHistory {
  private readonly client: LinqAPIV3;

  constructor(options: LinqOptions) {
    super();
    this.client = linqClient(options);
  }

  override async chats(line: PhoneNumber, since: Instant, signal: AbortSignal): Promise<Listed<ListedChat>> {
    try {
      const list = this.client.chats.listChats({ from: line, limit: pageSize }, ending(signal));
      const { items, complete } = await readBackTo(since, list, (chat) => chat.updated_at, bound);
      const chats = readable(listedChatSchema, items);
      return { complete, items: chats.filter((chat) => epochMs(chat.updated_at) >= epochMs(since)) };
    } catch (error) {
      throw faultOf(error);
    }
  }

  override async messages(
    carrierChatId: string,
    since: Instant,
    signal: AbortSignal,
  ): Promise<Listed<ListedMessage>> {
    try {
      const list = this.client.chats.messages.list(carrierChatId, { limit: pageSize }, ending(signal));
      const { items, complete } = await readBackTo(since, list, (message) => message.created_at, bound);
      return { complete, items: readable(listedMessageSchema, items) };
    } catch (error) {
      if (isChatUnknown(error)) return { items: [], complete: true };
      throw faultOf(error);
    }
  }
}

/** The SDK never stops listening to a signal, so each list gets one of its own that can be forgotten. */
const ending = (signal: AbortSignal) => ({ signal: AbortSignal.any([signal]) });

/** What doesn't look as documented is counted and left out: it mustn't keep the rest from being found. */
const readable = <Item>(schema: z.ZodType<Item>, items: readonly unknown[]): readonly Item[] =>
  items.flatMap((item) => {
    const read = schema.safeParse(item);
    if (read.success) return [read.data];
    unreadableItems.inc();
    return [];
  });
