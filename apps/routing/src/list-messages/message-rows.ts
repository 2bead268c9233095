import {
  type MessageView,
  messageViewSchema,
  type Person,
  personSchema,
  type PhoneNumber,
} from '@claw/contracts';
import { instant } from '@claw/kernel';
import { standIn } from '@claw/routing-domain';
import { attachmentsOf } from '../ledger/attachments';

export const messageColumns = `m.message_id, m.chat_id, m.direction, m.client_id, m.sender, m.recipients, m.text, m.parts,
  m.is_group, m.service, m.status, m.error_code, m.error, m.reply_to, m.effect, m.carrier_chat_id, m.accepted_at,
  m.sent_at, m.delivered_at, m.read_at, m.failed_at`;

/** A message as the ledger's table has it. */
export interface MessageRow {
  readonly message_id: string;
  readonly chat_id: string;
  readonly direction: 'in' | 'out';
  readonly client_id: string | null;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly text: string;
  readonly parts: readonly unknown[];
  readonly is_group: boolean;
  readonly service: string | null;
  readonly status: MessageView['status'];
  readonly error_code: string | null;
  readonly error: string | null;
  readonly reply_to: string | null;
  readonly effect: string | null;
  readonly carrier_chat_id: string | null;
  readonly accepted_at: Date;
  readonly sent_at: Date | null;
  readonly delivered_at: Date | null;
  readonly read_at: Date | null;
  readonly failed_at: Date | null;
}

/** The numbers that are another subaccount's to know. */
export type Hidden = ReadonlySet<string>;

/** How a person in a group is shown; the stand-in of a group that the carrier doesn't know yet is the same for all. */
export const shown = (number: string, carrierChatId: string | null, hidden: Hidden): Person => {
  if (!hidden.has(number)) return personSchema.parse(number as PhoneNumber);
  return personSchema.parse(carrierChatId === null ? unknownPerson : standIn(carrierChatId, number));
};

const unknownPerson = 'hidden-00000000';

/** The message as its own subaccount may see it. */
export const messageView = (row: MessageRow, hidden: Hidden): MessageView =>
  messageViewSchema.parse({
    messageId: row.message_id,
    chatId: row.chat_id,
    direction: row.direction,
    clientId: row.client_id,
    from: shown(row.sender, row.carrier_chat_id, hidden),
    to: row.recipients.map((number) => shown(number, row.carrier_chat_id, hidden)),
    text: row.text,
    parts: row.parts,
    attachments: attachmentsOf(row.parts),
    isGroup: row.is_group,
    service: row.service,
    status: row.status,
    errorCode: row.error_code,
    error: row.error,
    replyTo: row.reply_to,
    effect: row.effect,
    at: instant(row.direction === 'in' ? (row.sent_at ?? row.accepted_at) : row.accepted_at),
    sentAt: timeOf(row.sent_at),
    deliveredAt: timeOf(row.delivered_at),
    readAt: timeOf(row.read_at),
    failedAt: timeOf(row.failed_at),
  } satisfies Record<keyof MessageView, unknown>);

const timeOf = (at: Date | null) => (at === null ? null : instant(at));
