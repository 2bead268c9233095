import {
  type OutboundEntry,
  outboundEntrySchema,
  type OutboundMessage,
  streams,
  subjects,
} from '@claw/contracts';
import { instant, type Month, monthOf } from '@claw/kernel';
import { faultOf, type NatsLink, readRange } from '@claw/messaging';
import { NatsError, type StoredMsg } from 'nats';

/** What was counted: messages of the month, and the sequence up to which. */
export interface Counted {
  readonly accepted: number;
  readonly throughSeq: number;
}

const msgIdHeader = 'Nats-Msg-Id';
const stream = streams.outbound.name;

/** What OUTBOUND, the record of every accepted message, says about the past. Throws `Unavailable`. */
export class OutboundLog {
  constructor(private readonly nats: NatsLink) {}

  /** The subaccount's messages accepted in `month`, of those stored after a sequence; each once by its `messageId`. */
  async countAfter(subaccountId: string, month: Month, afterSeq: number): Promise<Counted> {
    const repeatable = new Set<string>();
    let accepted = 0;
    let throughSeq = afterSeq;
    const filter = subjects.outboundOf(subaccountId);
    for await (const stored of readRange(this.nats, { stream, filter, from: { seq: afterSeq + 1 } })) {
      throughSeq = stored.seq;
      const entry = entryIn(stored);
      if (entry?.kind !== 'message' || monthOf(entry.acceptedAt) !== month) continue;
      const { messageId } = entry;
      // Only a message with an idempotency key, published under its own id, can be stored a second time.
      if (stored.headers?.get(msgIdHeader) === messageId) repeatable.add(messageId);
      else accepted += 1;
    }
    return { accepted: accepted + repeatable.size, throughSeq };
  }

  /** The message stored at a sequence; undefined where it is gone. */
  async at(seq: number): Promise<OutboundMessage | undefined> {
    return decode(await this.read({ seq }));
  }

  /** The message of a chat that was published under `msgId` since a moment, if there is one. */
  async find(
    chatId: string,
    subaccountId: string,
    msgId: string,
    sinceMs: number,
  ): Promise<OutboundMessage | undefined> {
    const filter = subjects.outbound(chatId, subaccountId);
    const newest = await this.read({ last_by_subj: filter });
    if (newest === undefined || newest.time.getTime() < sinceMs) return undefined;
    const seq = (await this.msgIdsSince(chatId, subaccountId, sinceMs)).get(msgId);
    return seq === undefined ? undefined : this.at(seq);
  }

  /** Under which ids a chat's messages were published since a moment, and where they lie. */
  async msgIdsSince(
    chatId: string,
    subaccountId: string,
    sinceMs: number,
  ): Promise<ReadonlyMap<string, number>> {
    const filter = subjects.outbound(chatId, subaccountId);
    const from = { time: instant(sinceMs) };
    const seqs = new Map<string, number>();
    for await (const stored of readRange(this.nats, { stream, filter, from, headersOnly: true })) {
      const msgId = stored.headers?.get(msgIdHeader);
      if (msgId !== undefined) seqs.set(msgId, stored.seq);
    }
    return seqs;
  }

  private async read(query: { seq: number } | { last_by_subj: string }): Promise<StoredMsg | undefined> {
    try {
      return await (await this.nats.manager()).streams.getMessage(stream, query);
    } catch (error) {
      if (error instanceof NatsError && error.api_error?.err_code === noMessageFound) return undefined;
      throw faultOf('JetStream', error);
    }
  }
}

const noMessageFound = 10037;

/** Undefined for what is no entry: that is sent to nobody, so it counts as nothing. */
const entryIn = (stored: { json(): unknown }): OutboundEntry | undefined => {
  try {
    return outboundEntrySchema.safeParse(stored.json()).data;
  } catch {
    return undefined;
  }
};

const decode = (stored: StoredMsg | undefined): OutboundMessage | undefined => {
  const entry = stored === undefined ? undefined : entryIn(stored);
  return entry?.kind === 'message' ? entry : undefined;
};
