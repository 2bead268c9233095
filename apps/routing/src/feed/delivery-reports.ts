import type { StatusEntry } from '@claw/contracts';
import { Injectable } from '@nestjs/common';
import {
  DeliveryLedger,
  type DeliveryReport,
  type MessageReference,
  type Moved,
} from '../ledger/delivery-ledger';
import { Feed } from './feed';

/** Writes how far a message has come, and tells the agent where that is news. An automatic reply has none to tell. */
@Injectable()
export class DeliveryReports {
  constructor(
    private readonly ledger: DeliveryLedger,
    private readonly feed: Feed,
  ) {}

  /** `unknown` where there is no such message. Throws `Unavailable`. */
  report(reference: MessageReference, report: DeliveryReport): Promise<'moved' | 'unmoved' | 'unknown'> {
    return this.ledger.report(reference, report, async (moved) => {
      const { subaccountId } = moved;
      if (subaccountId !== null) await this.feed.status(subaccountId, statusOf(moved, report));
    });
  }
}

const statusOf = (moved: Moved, { at, error }: DeliveryReport): StatusEntry => ({
  type: 'status',
  messageId: moved.messageId,
  ...(moved.clientId !== null && { id: moved.clientId }),
  status: moved.state,
  ...(moved.service !== null && { service: moved.service }),
  ...(error !== undefined && { error: error.reason, errorCode: error.code }),
  timestamp: at,
});
