import { type SendFrame, streams } from '@claw/contracts';
import type { OutboundLog } from '../outbound/outbound-log';
import type { Addressee } from './recipient';
import { retryDigest } from './send-digest';

interface Look {
  /** How many messages had been accepted then: with more, there is something new to look for. */
  readonly used: number;
  readonly atMs: number;
  readonly seqs: ReadonlyMap<string, number>;
}

/** One look serves all refusals for so long: a subaccount at its limit that goes on sending costs next to nothing. */
const looksLastMs = 10_000;

/**
 * Knows a retry of an accepted message where nothing more may be published, so that the stream can't recognise it.
 */
export class RecentSends {
  private readonly looks = new Map<string, Look>();

  constructor(
    private readonly outbound: OutboundLog,
    private readonly subaccountId: string,
  ) {}

  /** The message that this send was the first time, if it was accepted lately. Throws `Unavailable`. */
  async firstOf(frame: SendFrame, { chatId }: Addressee, used: number, nowMs: number) {
    const seq = (await this.look(chatId, used, nowMs)).get(retryDigest(chatId, frame));
    return seq === undefined ? undefined : this.outbound.at(seq);
  }

  private async look(chatId: string, used: number, nowMs: number): Promise<ReadonlyMap<string, number>> {
    const known = this.looks.get(chatId);
    if (known?.used === used && nowMs - known.atMs < looksLastMs) return known.seqs;
    const sinceMs = nowMs - streams.outbound.duplicateWindowMs;
    const seqs = await this.outbound.msgIdsSince(chatId, this.subaccountId, sinceMs);
    this.looks.set(chatId, { used, atMs: nowMs, seqs });
    return seqs;
  }
}
