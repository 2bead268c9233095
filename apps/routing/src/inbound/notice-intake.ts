import { digitsOf, e164Schema, type InboundNotice, storableText, subjects } from '@claw/contracts';
import type { Clock } from '@claw/kernel';
import { JetStreamPublisher } from '@claw/messaging';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { CLOCK } from '../clock';
import { carrierChatHeader } from './carrier-chat-header';

/** What is looked at of a notice before it is kept; all else is for later. */
const glance = z.looseObject({
  data: z.looseObject({
    chat_id: z.string().optional().catch(undefined),
    chat: z
      .looseObject({
        id: z.string(),
        owner_handle: z.looseObject({ handle: e164Schema }).nullish().catch(undefined),
      })
      .optional()
      .catch(undefined),
  }),
});

/** The one way into INBOUND: for what the carrier tells, and for what it told in vain and is found in its lists. */
@Injectable()
export class NoticeIntake {
  constructor(
    private readonly publisher: JetStreamPublisher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Has an event of the carrier's durable before it answers; once an id within the stream's window. What is known by
   * then under another id is recognised where it is handled. Throws `Unavailable`.
   */
  async keep(id: string, body: unknown): Promise<void> {
    const { chat, chat_id: chatId } = glance.safeParse(body).data?.data ?? {};
    const ours = chat?.owner_handle?.handle;
    const carrierChatId = chat?.id ?? chatId;
    const notice: InboundNotice = { webhookId: id, receivedAt: this.clock.now(), body };
    await this.publisher.publish(subjects.inbound(ours === undefined ? 'none' : digitsOf(ours)), notice, {
      msgId: id,
      ...(carrierChatId !== undefined && {
        headers: { [carrierChatHeader]: encodeURIComponent(carrierChatId) },
      }),
    });
  }
}

/**
 * An event as every store can keep it, undefined where it is no JSON. People send what no store takes, too; their
 * message is worth more than that.
 */
export const storableEvent = (json: string): unknown => {
  try {
    return JSON.parse(json, (_name, value: unknown) =>
      typeof value === 'string' ? storableText(value) : value,
    ) as unknown;
  } catch {
    return undefined;
  }
};
