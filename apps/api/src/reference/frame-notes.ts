import type { AgentFrameType, closeCodes, ServerFrameType } from '@claw/contracts';

/** What each frame of the agent's is for, and which frames answer it. */
export const agentFrameNotes: Readonly<
  Record<AgentFrameType | 'auth', { readonly summary: string; readonly answers: readonly ServerFrameType[] }>
> = {
  auth: {
    summary: 'Names the key, as the first frame, where the address and the headers did not.',
    answers: ['ready', 'error'],
  },
  send: {
    summary: 'Sends a message. The same `id` and content within 2 minutes is taken as a retry.',
    answers: ['send.result', 'error'],
  },
  'typing.start': { summary: 'Shows that the agent types; for 60 seconds at the most.', answers: ['error'] },
  'typing.stop': { summary: 'Takes that back.', answers: ['error'] },
  read: { summary: 'Marks the chat as read.', answers: ['error'] },
  reaction: {
    summary: 'Reacts to a message of either direction, or takes a reaction back.',
    answers: ['reaction.result', 'error'],
  },
  sync: {
    summary: 'Asks for what was missed, by time or by `seq` and the `epoch` it came from; kept for 7 days.',
    answers: ['message', 'status', 'reaction', 'sync.gap', 'sync.done', 'error'],
  },
  ping: { summary: 'Asks for a pong.', answers: ['pong'] },
  pong: { summary: 'Answers a ping: a client that says nothing for 90 seconds is let go.', answers: [] },
};

/** What each frame to the agent says. */
export const serverFrameNotes: Readonly<Record<ServerFrameType, string>> = {
  ready: 'The connection is open: who this is, its limits, and where its feed stands.',
  'send.result': 'What became of a send; `ok` means that it is stored for good.',
  message: 'A customer wrote.',
  status: "How far a message has come; only ever forwards. `id` is the agent's own.",
  reaction: 'A customer reacted to a message.',
  'reaction.result': "What became of the agent's reaction.",
  typing: 'A customer types, or has stopped.',
  'sync.gap': 'What was asked for is older than what is kept.',
  'sync.done': 'All that was missed has been sent.',
  error: 'A frame was refused, or the connection is about to be.',
  ping: 'Every 25 seconds.',
  pong: "Answers a ping with the newest `seq` of this agent's feed.",
  draining: 'This server goes down: come back after the time given.',
};

/** Why the socket was closed, and what the client should do. */
export const closeNotes: Readonly<Record<keyof typeof closeCodes, { meaning: string; client: string }>> = {
  idle: { meaning: 'no frame from the client for 90 s', client: 'reconnect' },
  invalidUtf8: { meaning: 'invalid UTF-8', client: 'fix' },
  replaced: { meaning: 'another connection took over this key', client: 'not reconnect by itself' },
  tooBig: { meaning: 'a frame over 256 KiB', client: 'fix' },
  restarting: { meaning: 'the server restarts', client: 'reconnect after the time given' },
  keyInvalid: { meaning: 'the key is invalid, rotated or closed', client: 'get a new key' },
  suspended: { meaning: 'the subaccount or its agency is suspended', client: 'wait for reactivation' },
  tooSlow: { meaning: 'more than 1 MiB waits for the client', client: 'reconnect and sync' },
  flooding: { meaning: 'too many frames, after warnings', client: 'back off' },
};
