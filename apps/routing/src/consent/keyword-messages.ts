import { type AutomaticReply, type PhoneNumber, subjects } from '@claw/contracts';
import { type Clock, epochMs, idOf, type Instant } from '@claw/kernel';
import { JetStreamPublisher } from '@claw/messaging';
import { counter } from '@claw/observability';
import { automaticText, type Keyword, keywordOf, needsConfirmation } from '@claw/routing-domain';
import { Inject, Injectable } from '@nestjs/common';
import { AccessDirectory } from '../access/access-directory';
import { CLOCK } from '../clock';
import { KnownMessages } from '../ledger/known-messages';
import { Consents } from './consents';

/** A customer's message to a sending number, whoever the customer is routed to. */
export interface MessageToLine {
  readonly messageId: string;
  readonly from: PhoneNumber;
  readonly line: PhoneNumber;
  /** The agency that the sending number belongs to. */
  readonly agencyId: string;
  /** The parts as they came: only what is nothing but text can be a keyword. */
  readonly parts: readonly { readonly type: string; readonly value?: string | undefined }[];
  readonly sentAt: Instant;
  readonly receivedAt: Instant;
}

const keywordsSeen = counter({
  name: 'keyword_messages_total',
  help: 'Messages that were a keyword, and whether they were answered',
  labels: ['keyword', 'answered'],
});

/** Fixed for ever: ids of answers, and of their chats where the customer is nobody's, are made from it. */
const namespace = '0f1d8a52-6f6c-4e0c-8a6f-6a1d3f0b9c57';

/** The id of the one reply to a message. */
export const replyId = (messageId: string, keyword: Keyword): string => idOf(namespace, messageId, keyword);

/** STOP, START and HELP: what they change, and what they are answered with. Throws `Unavailable`. */
@Injectable()
export class KeywordMessages {
  constructor(
    private readonly consents: Consents,
    private readonly access: AccessDirectory,
    private readonly known: KnownMessages,
    private readonly publisher: JetStreamPublisher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Records what a message asks for, and answers with the keyword that is now to be replied to: with none for any
   * other message, or one that says again what was known. However often a message comes, the answer is the same.
   */
  async record(message: MessageToLine): Promise<Keyword | undefined> {
    const keyword = keywordIn(message.parts);
    if (keyword === undefined) return undefined;
    const answered = keyword === 'help' || (await this.follow(keyword, message));
    keywordsSeen.inc({ keyword, answered: String(answered) });
    return answered ? keyword : undefined;
  }

  /**
   * Has the one reply to a message sent, to its sender alone. `chatId` is the sender's own chat; without one the
   * reply goes by the two numbers.
   */
  async reply(keyword: Keyword, message: MessageToLine, chatId: string | undefined): Promise<void> {
    const messageId = replyId(message.messageId, keyword);
    // The stream forgets that it has one; the ledger doesn't.
    if (await this.known.has(messageId)) return;
    const agency = await this.access.agency(message.agencyId);
    const reply: AutomaticReply = {
      kind: 'automatic',
      messageId,
      chatId: chatId ?? idOf(namespace, message.line, message.from),
      agencyId: message.agencyId,
      answers: keyword,
      from: message.line,
      to: [message.from],
      text: automaticText(keyword, { name: agency?.name, helpText: agency?.helpText ?? null }),
      acceptedAt: this.clock.now(),
    };
    await this.publisher.publish(subjects.outboundAutomatic(reply.chatId), reply, { msgId: messageId });
  }

  private async follow(wish: 'stop' | 'start', message: MessageToLine): Promise<boolean> {
    const { messageId, from, line, sentAt, receivedAt } = message;
    // Who claims to write from the future could never change their mind again.
    const at = epochMs(sentAt) < epochMs(receivedAt) ? sentAt : receivedAt;
    const consent = await this.consents.record({
      wish,
      sendingNumber: line,
      phoneNumber: from,
      messageId,
      at,
    });
    return needsConfirmation(consent, { wish, messageId });
  }
}

const keywordIn = (parts: MessageToLine['parts']): Keyword | undefined =>
  parts.length > 0 && parts.every(({ type }) => type === 'text')
    ? keywordOf(parts.map(({ value }) => value ?? '').join('\n'))
    : undefined;
