import { inboundNoticeSchema } from '@claw/contracts';
import { done, invalid, type Outcome, type ReceivedMessage } from '@claw/messaging';
import { Injectable } from '@nestjs/common';
import {
  carrierEventSchema,
  carrierFailureSchema,
  carrierMessageSchema,
  carrierParticipantSchema,
} from './carrier-events';
import { GroupChats } from './group-chats';
import { ignoredEvents } from './inbound.metrics';
import { ReceiveMessage } from './receive-message';
import { ReportDelivery } from './report-delivery';

const stateOf = {
  'message.sent': 'sent',
  'message.delivered': 'delivered',
  'message.read': 'read',
} as const;

/** Reads a webhook and gives it to whom it concerns. Kinds that nothing is done with yet end here, counted. */
@Injectable()
export class NoticeHandler {
  constructor(
    private readonly receive: ReceiveMessage,
    private readonly delivery: ReportDelivery,
    private readonly groups: GroupChats,
  ) {}

  async handle(message: ReceivedMessage, attempt: number): Promise<Outcome> {
    const notice = inboundNoticeSchema.safeParse(message.json());
    if (!notice.success) return invalid('not a notice');
    const event = carrierEventSchema.safeParse(notice.data.body);
    if (!event.success) return invalid('not an event of the carrier');
    const { event_type: type, created_at: createdAt, data } = event.data;
    switch (type) {
      case 'message.received': {
        const received = carrierMessageSchema.safeParse(data);
        if (!received.success) return invalid(`${type} has an unexpected form`);
        await this.receive.receive(received.data, { receivedAt: notice.data.receivedAt, createdAt });
        return done();
      }
      case 'message.sent':
      case 'message.delivered':
      case 'message.read': {
        const reported = carrierMessageSchema.safeParse(data);
        if (!reported.success) return invalid(`${type} has an unexpected form`);
        if (reported.data.direction === 'outbound') {
          return this.delivery.message(stateOf[type], reported.data, createdAt, attempt);
        }
        break;
      }
      case 'participant.added':
      case 'participant.removed': {
        const changed = carrierParticipantSchema.safeParse(data);
        if (!changed.success) return invalid(`${type} has an unexpected form`);
        await this.groups.refresh(changed.data.chat_id);
        return done();
      }
      case 'message.failed': {
        const failed = carrierFailureSchema.safeParse(data);
        return failed.success
          ? this.delivery.failure(failed.data, attempt)
          : invalid(`${type} has an unexpected form`);
      }
    }
    ignoredEvents.inc();
    return done();
  }
}
