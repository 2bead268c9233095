import { digitsOf, e164Schema, type InboundNotice, storableText, subjects } from '@claw/contracts';
import { type Clock, Unavailable } from '@claw/kernel';
import { JetStreamPublisher, type Log, reasonOf } from '@claw/messaging';
import type { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { carrierChatHeader } from '../inbound/carrier-chat-header';
import { webhookAnswers } from './webhook.metrics';

export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly body: { readonly ok: true } | { readonly ok: false; readonly error: string };
}

/** What the door looks at of a webhook; all else is for later. */
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

/**
 * The door for the carrier's webhooks: what is genuine and fresh is durable before it is answered 200. A fault of
 * ours is answered 5xx, as the carrier tries again then and after nothing else.
 */
export class CarrierWebhook {
  constructor(
    private readonly verifier: Webhook,
    private readonly publisher: JetStreamPublisher,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {}

  async accept(request: WebhookRequest): Promise<WebhookAnswer> {
    const answer = await this.answer(request);
    webhookAnswers.inc({ status: String(answer.status) });
    return answer;
  }

  private async answer({ headers, body }: WebhookRequest): Promise<WebhookAnswer> {
    const single = Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
    );
    try {
      this.verifier.verify(body, single, { jsonParse: false });
    } catch {
      return refuse(401, 'invalid_signature');
    }
    const parsed = parse(body);
    if (parsed === undefined) return refuse(400, 'malformed_json');
    try {
      await this.keep(single['webhook-id'] ?? '', parsed);
      return { status: 200, body: { ok: true } };
    } catch (error) {
      this.log.error(
        { reason: reasonOf(error) },
        'a webhook couldn’t be kept; the carrier will send it again',
      );
      return error instanceof Unavailable ? refuse(503, 'unavailable') : refuse(500, 'internal');
    }
  }

  private async keep(webhookId: string, body: unknown): Promise<void> {
    const { chat, chat_id: chatId } = glance.safeParse(body).data?.data ?? {};
    const ours = chat?.owner_handle?.handle;
    const carrierChatId = chat?.id ?? chatId;
    const notice: InboundNotice = { webhookId, receivedAt: this.clock.now(), body };
    await this.publisher.publish(subjects.inbound(ours === undefined ? 'none' : digitsOf(ours)), notice, {
      msgId: webhookId,
      ...(carrierChatId !== undefined && {
        headers: { [carrierChatHeader]: encodeURIComponent(carrierChatId) },
      }),
    });
  }
}

const refuse = (status: number, error: string): WebhookAnswer => ({ status, body: { ok: false, error } });

/** People send what no store takes, too; their message is worth more than that. */
const parse = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'), (_name, value: unknown) =>
      typeof value === 'string' ? storableText(value) : value,
    ) as unknown;
  } catch {
    return undefined;
  }
};
