import { type ChatSignalFrame, directChatId, routingCalls } from '@claw/contracts';
import { newId } from '@claw/kernel';
import { type Log, reasonOf, type ServiceClient } from '@claw/messaging';
import { type Destination, refusalBy } from '../sending/admission';
import type { FactFinder } from '../sending/fact-finder';
import { type Refusal, refusals } from '../sending/refusals';

export type ChatSignal = ChatSignalFrame['type'];

/** Whose sign of life it is. */
interface Sender {
  readonly subaccountId: string;
  readonly agencyId: string;
}

export interface SignalDoorParts {
  readonly facts: FactFinder;
  readonly calls: ServiceClient;
  readonly logger: Log;
}

/** Signs of life on their way to routing; more than that are left out: they are worth nothing late. */
const mostUnderWay = 200;
const patienceMs = 3_000;

/** The way out for typing and read: judged like a send, then passed on without anybody waiting for it. */
export class SignalDoor {
  private underWay = 0;

  constructor(private readonly parts: SignalDoorParts) {}

  /** The chat that a frame is about, or why it is refused. Throws `Unavailable`. */
  async judge(
    { subaccountId, agencyId }: Sender,
    { type, to, chatId }: ChatSignalFrame,
  ): Promise<{ readonly chatId: string } | Refusal> {
    const { facts } = this.parts;
    const address = { to: to === undefined ? undefined : [to], chatId };
    const known = facts.known(subaccountId, facts.terms(subaccountId, agencyId), address);
    const found =
      refusalBy(known) === undefined ? known : (await facts.fresh(subaccountId, agencyId, address)).facts;
    return refusalBy(found) ?? chatOf(subaccountId, found.destination) ?? refusals.noGroups(whatIs(type));
  }

  /** Tells routing, and forgets it. */
  pass({ subaccountId, agencyId }: Sender, chatId: string, signal: ChatSignal): void {
    if (this.underWay >= mostUnderWay) return;
    this.underWay += 1;
    const context = { actor: { kind: 'subaccount', id: subaccountId }, requestId: newId() } as const;
    this.parts.calls
      .call(routingCalls.signal, { subaccountId, agencyId, chatId, signal }, context, {
        timeoutMs: patienceMs,
      })
      .catch((error: unknown) =>
        this.parts.logger.info({ subaccountId, signal, reason: reasonOf(error) }, 'a sign of life got lost'),
      )
      .finally(() => (this.underWay -= 1));
  }
}

const chatOf = (subaccountId: string, destination: Destination): { readonly chatId: string } | undefined =>
  destination.kind === 'number'
    ? { chatId: directChatId(subaccountId, destination.number, destination.claimRevision) }
    : undefined;

const whatIs = (type: ChatSignal): string => (type === 'read' ? 'read receipts' : 'typing');
