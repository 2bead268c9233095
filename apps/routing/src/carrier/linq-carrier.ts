import type { Part } from '@claw/contracts';
import type { CarrierAnswer } from '@claw/routing-domain';
import type { LinqAPIV3 } from '@linqapp/sdk';
import { z } from 'zod';
import { Carrier, type CarrierMessage } from '../dispatch/carrier';
import { linqClient, type LinqOptions } from './linq-client';
import { answerOfFailure, isChatUnknown } from './linq-failures';

const sentSchema = z.object({
  chatId: z.string().min(1),
  message: z.object({ id: z.string().min(1), service: z.string().nullish() }),
});

/** Sends by Linq's Partner API v3. */
export class LinqCarrier extends Carrier {
  private readonly client: LinqAPIV3;

  constructor(options: LinqOptions) {
    super();
    this.client = linqClient(options);
  }

  override async send(message: CarrierMessage): Promise<CarrierAnswer> {
    try {
      return await this.sendTo(message.carrierChatId, message);
    } catch (error) {
      return answerOfFailure(error);
    }
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

const contentOf = ({ messageId, parts, service }: CarrierMessage): LinqAPIV3.MessageContent => ({
  parts: joinTexts(parts).map(partOf),
  idempotency_key: messageId,
  ...(service !== null && { preferred_service: service }),
});

const partOf = (part: Part): LinqAPIV3.MessageContent['parts'][number] =>
  part.type === 'text' ? { type: 'text', value: part.value } : { type: 'media', url: part.url };

/** The carrier takes no two texts in a row: they become one, on lines of their own. */
const joinTexts = (parts: readonly Part[]): readonly Part[] =>
  parts.reduce<readonly Part[]>((joined, part) => {
    const last = joined.at(-1);
    return last?.type === 'text' && part.type === 'text'
      ? [...joined.slice(0, -1), { type: 'text', value: `${last.value}\n${part.value}` }]
      : [...joined, part];
  }, []);
