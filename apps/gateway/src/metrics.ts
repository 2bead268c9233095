import { counter, gauge } from '@claw/observability';

export const sendsAnswered = counter({
  name: 'sends_total',
  help: 'Sends answered, by outcome: accepted, or the error code.',
  labels: ['outcome'],
});

export const reactionsAnswered = counter({
  name: 'reactions_total',
  help: 'Reactions answered by the gateway itself, by outcome: accepted, or the error code.',
  labels: ['outcome'],
});

export const framesRead = counter({ name: 'frames_total', help: 'Frames received from agents.' });

export const socketsOpen = gauge({ name: 'sockets_open', help: 'Agents connected.' });

export const openings = counter({
  name: 'openings_total',
  help: 'Openings of sockets, by outcome.',
  labels: ['outcome'],
});

export const closings = counter({
  name: 'closings_total',
  help: 'Sockets closed, by close code.',
  labels: ['code'],
});
