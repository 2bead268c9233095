import { Unavailable } from '@claw/kernel';
import { type Log, reasonOf } from '@claw/messaging';
import type { Webhook } from 'standardwebhooks';
import { NoticeIntake, storableEvent } from '../inbound/notice-intake';
import { webhookAnswers } from './webhook.metrics';

export interface WebhookRequest {
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly body: { readonly ok: true } | { readonly ok: false; readonly error: string };
}

/**
 * The door for the carrier's webhooks: what is genuine and fresh is durable before it is answered 200. A fault of
 * ours is answered 5xx, as the carrier tries again then and after nothing else.
 */
export class CarrierWebhook {
  constructor(
    private readonly verifier: Webhook,
    private readonly intake: NoticeIntake,
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
    const event = storableEvent(body.toString('utf8'));
    if (event === undefined) return refuse(400, 'malformed_json');
    try {
      await this.intake.keep(single['webhook-id'] ?? '', event);
      return { status: 200, body: { ok: true } };
    } catch (error) {
      this.log.error(
        { reason: reasonOf(error) },
        'a webhook couldn’t be kept; the carrier will send it again',
      );
      return error instanceof Unavailable ? refuse(503, 'unavailable') : refuse(500, 'internal');
    }
  }
}

const refuse = (status: number, error: string): WebhookAnswer => ({ status, body: { ok: false, error } });
