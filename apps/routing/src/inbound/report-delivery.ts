import type { Instant } from '@claw/kernel';
import { done, type Outcome, retry } from '@claw/messaging';
import { refusalCode } from '@claw/routing-domain';
import { Injectable } from '@nestjs/common';
import { DeliveryReports } from '../feed/delivery-reports';
import type { DeliveryReport, MessageReference } from '../ledger/delivery-ledger';
import type { CarrierFailureData, CarrierMessageData } from './carrier-events';
import { deliveryOutcomes } from './inbound.metrics';

/**
 * How often a report about, or a reaction to, a message that nobody knows is looked at again: its hand-over may not be written down
 * yet. With doubling waits that is about half a minute; then it is taken for somebody else's message.
 */
export const looks = 9;

/** The carrier's word on how far a message has come. */
@Injectable()
export class ReportDelivery {
  constructor(private readonly reports: DeliveryReports) {}

  async message(
    state: 'sent' | 'delivered' | 'read',
    data: CarrierMessageData,
    createdAt: Instant,
    attempt: number,
  ): Promise<Outcome> {
    const at = { sent: data.sent_at, delivered: data.delivered_at, read: data.read_at }[state] ?? createdAt;
    const reference = data.idempotency_key
      ? { messageId: data.idempotency_key }
      : { carrierMessageId: data.id };
    const carrier = { messageId: data.id, chatId: data.chat.id };
    return this.report(reference, { state, at, service: data.service, carrier }, attempt);
  }

  async failure(data: CarrierFailureData, attempt: number): Promise<Outcome> {
    if (data.message_id === undefined) return done();
    const said = data.reason?.replace(/\s+/g, ' ').trim().slice(0, 300);
    const code = data.code === undefined ? '' : ` (${data.code})`;
    const reason = `The carrier couldn’t deliver the message${said ? `: ${said}` : ''}${code}.`;
    return this.report(
      { carrierMessageId: data.message_id },
      { state: 'failed', at: data.failed_at, error: { code: refusalCode(data.code ?? null), reason } },
      attempt,
    );
  }

  private async report(
    reference: MessageReference,
    report: DeliveryReport,
    attempt: number,
  ): Promise<Outcome> {
    const outcome = await this.reports.report(reference, report);
    if (outcome === 'unknown' && 'carrierMessageId' in reference && attempt < looks) {
      return retry(undefined, { reason: 'the message isn’t known yet' });
    }
    deliveryOutcomes.inc({ state: report.state, outcome });
    return done();
  }
}
