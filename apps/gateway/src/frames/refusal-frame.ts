import type { ServerFrame } from '@claw/contracts';
import { refusedReaction } from '../sending/accept-reaction';
import type { Refusal } from '../sending/refusals';
import { refused } from '../sending/send-result';
import type { InvalidFrame } from './read-frame';

/** Which of a socket's frames is refused. */
export type RefusedFrame = Pick<InvalidFrame, 'answer' | 'id'>;

/** A frame that can't be told from any other. */
export const anyFrame: RefusedFrame = { answer: 'error', id: undefined };

/** How a frame is told that it is refused: a `send` and a `reaction` by their results, even when they aren't looked at. */
export const refusalFrame = ({ answer, id }: RefusedFrame, refusal: Refusal): ServerFrame => {
  if (id !== undefined && answer === 'send.result') return refused(id, refusal);
  if (id !== undefined && answer === 'reaction.result') return refusedReaction(id, refusal);
  const { errorCode, error } = refusal;
  return { type: 'error', code: errorCode, message: error, ...(id !== undefined && { id }) };
};
