import {
  type ChatSignalFrame,
  type LiveSignal,
  liveSignalSchema,
  type ReactionResult,
  type ServerFrame,
} from '@claw/contracts';
import type { Log } from '@claw/messaging';
import type { Msg } from 'nats';
import { reactionDone } from '../sending/accept-reaction';
import type { Refusal } from '../sending/refusals';
import type { SignalDoor } from '../signals/signal-door';
import { Typing } from '../signals/typing';
import type { Timings } from '../timings';

export interface AgentSignalsParts {
  readonly door: SignalDoor;
  readonly timings: Timings;
  readonly logger: Log;
}

interface Owner {
  readonly subaccountId: string;
  readonly agencyId: string;
}

/** Reactions of one id that wait for their outcome: plain clients use an id again. */
interface AwaitedReactions {
  waiting: number;
  stored: number;
  timer: NodeJS.Timeout | undefined;
}

/** What a socket says and hears that is worth something only now: typing, read, and what became of reactions. */
export class AgentSignals {
  private readonly agentTyping: Typing;
  private readonly customerTyping: Typing;
  private readonly customers = new Map<string, Extract<LiveSignal, { type: 'typing' }>>();
  private readonly reactions = new Map<string, AwaitedReactions>();

  constructor(
    private readonly owner: Owner,
    private readonly parts: AgentSignalsParts,
    private readonly send: (frame: ServerFrame) => void,
  ) {
    const { typing } = parts.timings;
    this.agentTyping = new Typing((chatId) => this.pass(chatId, 'typing.stop'), typing);
    this.customerTyping = new Typing((chatId) => this.customerStopped(chatId), typing);
  }

  /** What routing says. */
  hear(message: Msg): void {
    const signal = read(message);
    if (signal === undefined) this.parts.logger.error({ subject: message.subject }, 'a signal is none');
    else if (signal.type === 'reaction.result') this.settle(signal);
    else this.customerTypes(signal);
  }

  /** Passes a sign of life on; undefined where it isn't refused. Throws `Unavailable`. */
  async give(frame: ChatSignalFrame): Promise<Refusal | undefined> {
    const judged = await this.parts.door.judge(this.owner, frame);
    if ('errorCode' in judged) return judged;
    if (frame.type === 'typing.start') this.agentTyping.started(judged.chatId);
    if (frame.type === 'typing.stop') this.agentTyping.stopped(judged.chatId);
    this.pass(judged.chatId, frame.type);
    return undefined;
  }

  /** A message went into the chat: whoever typed it doesn't type any more. */
  sentInto(chatId: string): void {
    if (this.agentTyping.stopped(chatId)) this.pass(chatId, 'typing.stop');
  }

  /** A reaction is on its way: from here on its outcome may come. */
  expectReaction(id: string): void {
    const awaited = this.reactions.get(id) ?? { waiting: 0, stored: 0, timer: undefined };
    awaited.waiting += 1;
    this.reactions.set(id, awaited);
  }

  /** It was not stored, or had been before: it has its answer. */
  forgetReaction(id: string): void {
    this.answered(id);
  }

  /** It is stored: where its outcome doesn't come in time it is told that it is at least safe. */
  reactionStored(id: string): void {
    const awaited = this.reactions.get(id);
    if (awaited === undefined) return;
    awaited.stored += 1;
    clearTimeout(awaited.timer);
    awaited.timer = setTimeout(() => this.tellStored(id), this.parts.timings.reaction);
  }

  /** Tells of all stored reactions that they are safe: nobody will tell more on this socket. */
  tellAllStored(): void {
    for (const id of [...this.reactions.keys()]) this.tellStored(id);
  }

  /** The socket is closed. */
  end(): void {
    for (const chatId of this.agentTyping.stopAll()) this.pass(chatId, 'typing.stop');
    this.customerTyping.stopAll();
    for (const { timer } of this.reactions.values()) clearTimeout(timer);
    this.reactions.clear();
  }

  private pass(chatId: string, signal: ChatSignalFrame['type']): void {
    this.parts.door.pass(this.owner, chatId, signal);
  }

  /** Once answered, a reaction is only heard of again where it failed after all. */
  private settle(result: ReactionResult): void {
    if (this.answered(result.id) || !result.ok) this.send(result);
  }

  private tellStored(id: string): void {
    for (let left = this.reactions.get(id)?.stored ?? 0; left > 0; left -= 1) this.settle(reactionDone(id));
  }

  /** Whether one of this id still waited. */
  private answered(id: string): boolean {
    const awaited = this.reactions.get(id);
    if (awaited === undefined) return false;
    awaited.waiting -= 1;
    awaited.stored = Math.min(awaited.stored, awaited.waiting);
    if (awaited.waiting > 0) return true;
    clearTimeout(awaited.timer);
    return this.reactions.delete(id);
  }

  private customerTypes(signal: Extract<LiveSignal, { type: 'typing' }>): void {
    const { chatId, state } = signal;
    if (state === 'started') {
      this.customers.set(chatId, signal);
      this.customerTyping.started(chatId);
    } else {
      this.customers.delete(chatId);
      this.customerTyping.stopped(chatId);
    }
    this.send(signal);
  }

  private customerStopped(chatId: string): void {
    const signal = this.customers.get(chatId);
    this.customers.delete(chatId);
    if (signal !== undefined) this.send({ ...signal, state: 'stopped' });
  }
}

const read = (message: Msg): LiveSignal | undefined => {
  try {
    return liveSignalSchema.safeParse(message.json()).data;
  } catch {
    return undefined;
  }
};
