import {
  agentFrames,
  type ChatSignalFrame,
  type ReactFrame,
  type SendFrame,
  type SyncFrame,
} from '@claw/contracts';
import type { z } from 'zod';

/** What an agent's text frame turned out to be. */
export type ReadFrame =
  | { readonly type: 'send'; readonly frame: SendFrame }
  | { readonly type: 'reaction'; readonly frame: ReactFrame }
  | { readonly type: 'signal'; readonly frame: ChatSignalFrame }
  | { readonly type: 'sync'; readonly frame: SyncFrame }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  | InvalidFrame;

export interface InvalidFrame {
  readonly type: 'invalid';
  /** What was wrong, for a person. */
  readonly why: string;
  /** The frame's own id, where it has a usable one. */
  readonly id: string | undefined;
  /** What it is answered by: a `send` and a `reaction` with an id by their results. */
  readonly answer: 'send.result' | 'reaction.result' | 'error';
}

const ping = { type: 'ping' } as const;
const pong = { type: 'pong' } as const;

/** Reads and validates one text frame; unknown fields are ignored. Never throws. */
export const readFrame = (text: string): ReadFrame => {
  const value = parsed(text);
  if (!isObject(value)) return invalid('a frame must be one JSON object', value);
  switch (value['type']) {
    case 'send': {
      const read = agentFrames.send.safeParse(value);
      return read.success ? { type: 'send', frame: read.data } : invalid(whyOf(read.error), value);
    }
    case 'sync': {
      const read = agentFrames.sync.safeParse(value);
      return read.success ? { type: 'sync', frame: read.data } : invalid(whyOf(read.error), value);
    }
    case 'reaction': {
      const read = agentFrames.reaction.safeParse(value);
      return read.success ? { type: 'reaction', frame: read.data } : invalid(whyOf(read.error), value);
    }
    case 'typing.start':
    case 'typing.stop':
    case 'read': {
      const read = agentFrames[value['type']].safeParse(value);
      return read.success ? { type: 'signal', frame: read.data } : invalid(whyOf(read.error), value);
    }
    case 'ping':
      return ping;
    case 'pong':
      return pong;
    default:
      return invalid(
        typeof value['type'] === 'string' ? 'unknown frame type' : 'a frame must have a type',
        value,
      );
  }
};

/** A frame's `type` and `id` without validating the rest: for answering what won't be looked at. */
export const glance = (text: string): InvalidFrame => invalid('', parsed(text));

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const invalid = (why: string, value: unknown): InvalidFrame => {
  const given = isObject(value) ? value['id'] : undefined;
  const id = typeof given === 'string' && given.length > 0 && given.length <= 255 ? given : undefined;
  const answer = isObject(value) && id !== undefined ? answerTo(value['type']) : 'error';
  return { type: 'invalid', why, id, answer };
};

const answerTo = (type: unknown): InvalidFrame['answer'] => {
  if (type === 'send') return 'send.result';
  return type === 'reaction' ? 'reaction.result' : 'error';
};

/** The first fault only: a frame with thousands of them is answered no longer than one with one. */
const whyOf = (error: z.ZodError): string => {
  const [issue] = error.issues;
  const where = issue?.path.join('.') ?? '';
  return `${where === '' ? 'frame' : where}: ${issue?.message ?? 'invalid'}`;
};
