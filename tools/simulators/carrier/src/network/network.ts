import { type Clock, type Instant, newId } from '@claw/kernel';
import type { Behaviours } from '../behaviour/behaviours';
import { type ChatRecord, peopleIn } from '../model/chat';
import { RATE_WINDOW_MS, type SendCommand, decideSend } from '../model/decide-send';
import { advance } from '../model/lifecycle';
import type { CarriedPart, Effect, MessageRecord } from '../model/message';
import { type ApiRefusal, chatNotFound, isRefusal } from '../model/refusal';
import { type ReplyTo, checkReply } from '../model/reply';
import { type ServiceType, pickService } from '../model/service';
import type { Happenings } from './happenings';
import type { Ledger, Placed } from './ledger';
import type { Lines } from './lines';
import type { Schedule } from './schedule';
import type { Typing } from './typing';

/** A message from a customer to one of our lines, and to whoever else is in a group with them. */
export interface Inbound {
  readonly chat: ChatRecord;
  readonly from: string;
  readonly parts: readonly CarriedPart[];
  /** When the customer sent it; absent: now. */
  readonly sent_at?: Instant | undefined;
  readonly service?: ServiceType | undefined;
  readonly effect?: Effect | undefined;
  readonly reply_to?: ReplyTo | undefined;
}

interface Parts {
  readonly ledger: Ledger;
  readonly behaviours: Behaviours;
  readonly happenings: Happenings;
  readonly lines: Lines;
  readonly schedule: Schedule;
  readonly typing: Typing;
  readonly clock: Clock;
  /** Whether 30 messages a minute from one line to one recipient is the most. */
  readonly rateLimited: boolean;
}

/**
 * The simulated phone network: takes messages, moves them on when their time has come, and tells what happened.
 * What it answers is in memory; who tells a client about it first waits until it is durable.
 */
export class Network {
  constructor(private readonly parts: Parts) {}

  /** Takes up again what was on its way when the process ended. */
  resume(): void {
    for (const message of this.parts.ledger.allMessages()) this.plan(message);
  }

  /**
   * Sends into the chat between the line and these people, opening it where there is none. A message whose
   * idempotency key is known isn't sent again; the answer is the first one as it is by now.
   */
  sendTo(line: string, recipients: readonly string[], command: SendCommand): Placed | ApiRefusal {
    return this.send(this.chatWith(line, recipients), command);
  }

  /** As {@link sendTo}, into a chat that is known. */
  sendInto(chatId: string, command: SendCommand): Placed | ApiRefusal {
    const chat = this.parts.ledger.chat(chatId);
    return chat === undefined ? chatNotFound : this.send(chat, command);
  }

  /** The chat between the line and these people, or one that the next message in it will open. */
  chatWith(line: string, recipients: readonly string[]): ChatRecord {
    return this.parts.ledger.chatBetween(line, recipients) ?? this.newChat(line, recipients);
  }

  /** Takes what a customer wrote; refuses a reply to what isn't in the chat. */
  receive(inbound: Inbound): Placed | ApiRefusal {
    const { chat: before, from, parts, sent_at, service, effect = null, reply_to = null } = inbound;
    const { happenings, typing, clock } = this.parts;
    const unfit = this.checkReply(reply_to, before);
    if (unfit !== undefined) return unfit;
    const now = clock.now();
    const at = sent_at ?? now;
    const via = service ?? pickService(null, this.capabilitiesIn(before)) ?? 'SMS';
    const chat = { ...before, service: via, updated_at: now };
    const message: MessageRecord = {
      id: newId(),
      chat_id: chat.id,
      direction: 'inbound',
      sender: from,
      recipients: chat.recipients.filter((other) => other !== from),
      parts: [...parts],
      service: via,
      preferred_service: null,
      idempotency_key: null,
      effect,
      reply_to,
      reactions: [],
      status: 'received',
      failure: null,
      created_at: at,
      updated_at: now,
      sent_at: at,
      delivered_at: null,
      read_at: null,
      due: [],
    };
    this.record(chat, message);
    typing.stop(chat, from);
    happenings.tell({ type: 'message.received', chat, message });
    return { chat, message };
  }

  reset(): void {
    this.parts.schedule.clear();
    this.parts.ledger.reset();
    this.parts.typing.reset();
  }

  private send(chat: ChatRecord, command: SendCommand): Placed | ApiRefusal {
    const { ledger, behaviours, happenings, lines, typing, clock, rateLimited } = this.parts;
    const first = command.idempotency_key === null ? undefined : ledger.placedByKey(command.idempotency_key);
    if (first !== undefined) return first;
    const unfit = this.checkReply(command.reply_to, chat);
    if (unfit !== undefined) return unfit;

    const now = clock.now();
    const people = peopleIn(chat);
    const message = decideSend(command, {
      chat,
      opens: ledger.chat(chat.id) === undefined,
      flagged: lines.statusOf(chat.line) === 'FLAGGED',
      recentSends: rateLimited ? ledger.recentSends(chat.id, now, RATE_WINDOW_MS) : [],
      behaviour: behaviours.effective(people),
      capabilities: this.capabilitiesIn(chat),
      messageId: newId(),
      now,
    });
    if (isRefusal(message)) return message;
    behaviours.spend('undeliverable', people);
    const used = { ...chat, service: message.service, updated_at: now };
    this.record(used, message);
    happenings.tell({ type: 'message.accepted', chat: used, message });
    typing.stop(used, used.line);
    this.plan(message);
    return { chat: used, message };
  }

  private checkReply(replyTo: ReplyTo | null, chat: ChatRecord): ApiRefusal | undefined {
    return checkReply(replyTo, this.parts.ledger.placed(replyTo?.message_id ?? '')?.message, chat.id);
  }

  private capabilitiesIn(chat: ChatRecord): (readonly ServiceType[])[] {
    return chat.recipients.map((recipient) => this.parts.behaviours.effective([recipient]).capabilities);
  }

  private record(chat: ChatRecord, message: MessageRecord): void {
    const opens = this.parts.ledger.chat(chat.id) === undefined;
    this.parts.ledger.saveChat(chat);
    this.parts.ledger.saveMessage(message);
    if (opens) this.parts.happenings.tell({ type: 'chat.created', chat });
  }

  private plan(message: MessageRecord): void {
    const [next] = message.due;
    if (next !== undefined) this.parts.schedule.at(message.id, next.at, () => this.step(message.id));
  }

  private step(messageId: string): void {
    const { ledger, happenings, clock } = this.parts;
    const before = ledger.placed(messageId);
    if (before === undefined) return;
    const { chat } = before;
    const moved = advance(before.message, clock.now());
    if (moved === undefined) return;
    const { message, reached } = moved;
    ledger.saveMessage(message);
    happenings.tell({ type: `message.${reached}`, chat, message });
    this.plan(message);
  }

  private newChat(line: string, recipients: readonly string[]): ChatRecord {
    const now = this.parts.clock.now();
    return {
      id: newId(),
      line,
      recipients: [...new Set(recipients)],
      joined: {},
      gone: {},
      name: null,
      service: 'SMS',
      created_at: now,
      updated_at: now,
    };
  }
}
