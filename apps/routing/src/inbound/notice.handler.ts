import { inboundNoticeSchema } from '@claw/contracts';
import { done, invalid, type Log, type Outcome, type ReceivedMessage } from '@claw/messaging';
import { LOGGER } from '@claw/observability';
import { Inject, Injectable } from '@nestjs/common';
import {
  carrierEventSchema,
  carrierFailureSchema,
  carrierMessageSchema,
  carrierLineSchema,
  carrierParticipantSchema,
  carrierReactionSchema,
  carrierTypingSchema,
} from './carrier-events';
import { GroupChats } from './group-chats';
import { ignoredEvents, lineChanges } from './inbound.metrics';
import { ReceiveMessage } from './receive-message';
import { ReceiveReaction } from './receive-reaction';
import { ReceiveTyping } from './receive-typing';
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
    private readonly reactions: ReceiveReaction,
    private readonly typing: ReceiveTyping,
    @Inject(LOGGER) private readonly log: Log,
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
      case 'reaction.added':
      case 'reaction.removed': {
        const reaction = carrierReactionSchema.safeParse(data);
        if (!reaction.success) return invalid(`${type} has an unexpected form`);
        return this.reactions.receive(
          reaction.data,
          { remove: type === 'reaction.removed', createdAt },
          attempt,
        );
      }
      case 'chat.typing_indicator.started':
      case 'chat.typing_indicator.stopped': {
        const typing = carrierTypingSchema.safeParse(data);
        if (!typing.success) return invalid(`${type} has an unexpected form`);
        const state = type === 'chat.typing_indicator.started' ? 'started' : 'stopped';
        await this.typing.receive(typing.data.chat_id, state, createdAt);
        return done();
      }
      case 'phone_number.status_updated': {
        const line = carrierLineSchema.safeParse(data);
        if (!line.success) return invalid(`${type} has an unexpected form`);
        const { phone_number: number, previous_status: before, new_status: status } = line.data;
        lineChanges.inc({ status });
        this.log.warn({ line: number, before, status }, 'the carrier changed a line’s status');
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
