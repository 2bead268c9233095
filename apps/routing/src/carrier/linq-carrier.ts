import type { PhoneNumber } from '@claw/contracts';
import { type Instant, plusMs } from '@claw/kernel';
import type { CarrierAnswer, CarrierReceipt, ReactionAnswer } from '@claw/routing-domain';
import type { LinqAPIV3 } from '@linqapp/sdk';
import { z } from 'zod';
import { Carrier, type CarrierMessage, type CarrierReaction, type CarrierSignal } from '../dispatch/carrier';
import { linqClient, type LinqOptions } from './linq-client';
import { answerOfFailure, isChatUnknown } from './linq-failures';
import { chatsOf, messagesSince } from './linq-lists';
import { contentOf, looksLike } from './linq-message';

/** A sign of life that takes longer than this comes too late to be worth anything. */
const signalTimeoutMs = 3_000;
/** How far Linq's clock may be behind ours. */
const clockSlackMs = 60_000;

const sentSchema = z.object({
  chatId: z.string().min(1),
  message: z.object({ id: z.string().min(1), service: z.string().nullish() }),
});

/** Sends by Linq's Partner API v3. */
export class LinqCarrier extends Carrier {
  private readonly client: LinqAPIV3;
  private readonly timeoutMs: number;
  /** A list is several requests: together they may take twice as long as one. */
  private readonly listMs: number;

  constructor(options: LinqOptions) {
    super();
    this.timeoutMs = options.timeoutMs;
    this.listMs = 2 * options.timeoutMs;
    this.client = linqClient(options);
  }

  override async send(message: CarrierMessage): Promise<CarrierAnswer> {
    try {
      return await this.sendTo(message.carrierChatId, message);
    } catch (error) {
      return answerOfFailure(error, 'message');
    }
  }

  override async react({ carrierMessageId, type, remove }: CarrierReaction): Promise<ReactionAnswer> {
    try {
      await this.client.messages.addReaction(carrierMessageId, {
        operation: remove ? 'remove' : 'add',
        type,
      });
      return { kind: 'accepted' };
    } catch (error) {
      return answerOfFailure(error, 'reaction');
    }
  }

  override async signal(carrierChatId: string, signal: CarrierSignal): Promise<boolean> {
    const options = { timeout: Math.min(signalTimeoutMs, this.timeoutMs) };
    const { chats } = this.client;
    try {
      if (signal === 'read') await chats.markAsRead(carrierChatId, options);
      else if (signal === 'typing.start') await chats.typing.start(carrierChatId, options);
      else await chats.typing.stop(carrierChatId, options);
      return true;
    } catch {
      return false;
    }
  }

  override async sentLike(
    message: CarrierMessage,
    since: Instant,
  ): Promise<readonly CarrierReceipt[] | undefined> {
    try {
      const listed = await this.listed(message, plusMs(since, -clockSlackMs));
      return listed
        .filter((each) => looksLike(each, message.parts))
        .sort((one, other) => Date.parse(one.created_at) - Date.parse(other.created_at))
        .map(({ id, chat_id, service }) => ({
          carrierMessageId: id,
          carrierChatId: chat_id,
          service: service ?? null,
        }));
    } catch {
      return undefined;
    }
  }

  override async chatOf(from: PhoneNumber, to: readonly PhoneNumber[]): Promise<string | null> {
    try {
      const [chat] = await chatsOf(this.client, { from, to }, this.listMs);
      return chat?.id ?? null;
    } catch {
      return null;
    }
  }

  private async listed(message: CarrierMessage, since: Instant): Promise<readonly LinqAPIV3.Message[]> {
    if (message.carrierChatId !== null) {
      try {
        return await messagesSince(this.client, message.carrierChatId, since, this.listMs);
      } catch (error) {
        if (!isChatUnknown(error)) throw error;
      }
    }
    const chats = await chatsOf(this.client, message, this.listMs);
    const lists = await Promise.all(
      chats.map(({ id }) => messagesSince(this.client, id, since, this.listMs)),
    );
    return lists.flat();
  }

  private async sendTo(carrierChatId: string | null, message: CarrierMessage): Promise<CarrierAnswer> {
    if (carrierChatId === null) return answerOfSuccess(await this.open(message));
    try {
      const { chat_id: chatId, message: sent } = await this.client.chats.messages.send(carrierChatId, {
        message: contentOf(message),
      });
      return answerOfSuccess({ chatId, message: sent });
    } catch (error) {
      // The carrier has forgotten the chat, not refused the message.
      if (isChatUnknown(error)) return answerOfSuccess(await this.open(message));
      throw error;
    }
  }

  private async open(message: CarrierMessage): Promise<unknown> {
    const { chat } = await this.client.chats.create({
      from: message.from,
      to: [...message.to],
      message: contentOf(message),
    });
    return { chatId: chat.id, message: chat.message };
  }
}

/** A success that doesn't say which message it was is as good as no answer: asking again tells. */
const answerOfSuccess = (answer: unknown): CarrierAnswer => {
  const sent = sentSchema.safeParse(answer);
  if (!sent.success) return { kind: 'unknown' };
  const { chatId, message } = sent.data;
  return {
    kind: 'accepted',
    carrierChatId: chatId,
    carrierMessageId: message.id,
    service: message.service ?? null,
  };
};
