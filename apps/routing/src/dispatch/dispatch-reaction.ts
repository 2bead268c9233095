import type { Clock } from '@claw/kernel';
import {
  afterReaction,
  beforeReaction,
  beforeSend,
  type DispatchContext,
  type ReactionStep,
  type ReactionTarget,
} from '@claw/routing-domain';
import { LiveSignals } from '../feed/live-signals';
import { ReactionLedger, type TargetMessage, type WaitingReaction } from '../ledger/reaction-ledger';
import { Carrier } from './carrier';
import type { LaneStep } from './lanes';
import { carrierSeconds, dispatchOutcomes } from './dispatch.metrics';
import { IntakeProgress } from './intake-progress';
import { NumberGates } from './number-gates';
import { PreSendLookup } from './pre-send-facts';
import type { Turn } from './turn';

export interface ReactionParts {
  readonly ledger: ReactionLedger;
  readonly progress: IntakeProgress;
  readonly lookup: PreSendLookup;
  readonly carrier: Carrier;
  readonly signals: LiveSignals;
  readonly gates: NumberGates;
  readonly clock: Clock;
  readonly random: () => number;
}

/** A target that the carrier has. */
type Reachable = TargetMessage & { readonly carrierMessageId: string };

/** Hands the waiting reactions to a message to the carrier, one at a time, once the message is there. */
export class ReactionDispatch {
  constructor(private readonly parts: ReactionParts) {}

  /** As `MessageDispatch.step`, for the oldest waiting reaction to a message. */
  async step(turn: Turn): Promise<LaneStep> {
    const { ledger, lookup, gates } = this.parts;
    const reaction = await ledger.next(turn.owned.partition, turn.lane);
    if (reaction === undefined) return 'empty';
    const context = this.context(reaction, turn.looks + 1);
    const target = await ledger.target(reaction.subaccountId, reaction.messageId);
    if (!isReachable(target)) {
      const state = await this.whereIs(reaction, target);
      return this.settle(reaction, beforeReaction(state, context) ?? { step: 'wait', ms: 0, why: 'target' });
    }
    const held = beforeSend(await lookup.factsOf({ ...reaction, ...target }), context);
    if (held !== undefined) return this.settle(reaction, held);
    return gates.run(target.from, () => this.attempt(turn, reaction, target));
  }

  /**
   * Where a message is that the carrier doesn't have. One that the ledger doesn't know may have been accepted before
   * the reaction and not be taken in yet, as its partition may be another replica's: only what is looked for once
   * everything is taken in, and isn't there then, is unknown.
   */
  private async whereIs(
    { subaccountId, messageId }: WaitingReaction,
    target: TargetMessage | undefined,
  ): Promise<ReactionTarget> {
    if (target !== undefined) return target.failed ? 'ended' : 'on_its_way';
    if (!(await this.parts.progress.isLevel(subaccountId))) return 'maybe_accepted';
    const again = await this.parts.ledger.target(subaccountId, messageId);
    return again === undefined ? 'unknown' : 'on_its_way';
  }

  private async attempt(turn: Turn, reaction: WaitingReaction, target: Reachable): Promise<LaneStep> {
    if (!turn.stands()) return 'lost';
    const attempts = await this.parts.ledger.countAttempt(turn.owned, reaction.reactionId);
    if (attempts === 'gone') return 'next';
    if (attempts === 'lost' || !turn.stands()) return 'lost';
    const { carrierMessageId } = target;
    const stopTimer = carrierSeconds.startTimer({ request: 'reaction' });
    const answer = await this.parts.carrier.react({ ...reaction, carrierMessageId });
    stopTimer({ answer: answer.kind });
    return this.settle(reaction, afterReaction(answer, this.context(reaction, attempts)));
  }

  /** The ledger comes last: who is told twice loses nothing, who is never told does. */
  private async settle(reaction: WaitingReaction, step: ReactionStep): Promise<LaneStep> {
    dispatchOutcomes.inc({ kind: 'reaction', outcome: step.step === 'fail' ? step.code : step.step });
    if (step.step === 'wait') return { waitMs: step.ms };
    const { subaccountId, clientId: id, reactionId } = reaction;
    const failure = step.step === 'fail' ? { error: step.reason, errorCode: step.code } : {};
    this.parts.signals.send(subaccountId, {
      type: 'reaction.result',
      id,
      ok: step.step === 'done',
      ...failure,
    });
    const code = step.step === 'fail' ? step.code : null;
    await this.parts.ledger.settle(reactionId, code, this.parts.clock.now());
    return 'next';
  }

  private context({ acceptedAt }: WaitingReaction, attempts: number): DispatchContext {
    const { clock, random } = this.parts;
    return { what: 'reaction', attempts, acceptedAt, now: clock.now(), random };
  }
}

const isReachable = (target: TargetMessage | undefined): target is Reachable =>
  target !== undefined && target.carrierMessageId !== null;
