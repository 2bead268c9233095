import { type Item, h } from './dom.js';
import { dayAndClock, prettyNumber } from './format.js';
import type { ThreadMessage } from './sim.js';

/** After a silence this long a phone says when it went on. */
const SILENCE_MS = 3_600_000;

/** A line above a message that begins a thread, goes on after a silence, or comes over another service. */
export const since = (message: ThreadMessage, before: ThreadMessage | undefined): Item | undefined => {
  const [at, then] = [new Date(message.at), new Date(before?.at ?? 0)];
  const goesOn = at.getTime() - then.getTime() < SILENCE_MS && before?.service === message.service;
  if (goesOn) return undefined;
  const words = `${dayAndClock(at, new Date())} · ${message.service}`;
  return {
    key: `before ${message.message_id}`,
    content: words,
    render: () => h('li', { className: 'since' }, words),
  };
};

/** The dots of somebody who is typing. */
export const dots = (who: string): Item => {
  const label = `${prettyNumber(who)} is typing`;
  return {
    key: `dots of ${who}`,
    content: who,
    render: () =>
      h(
        'li',
        { className: 'message theirs typing' },
        h(
          'span',
          { className: 'bubble dots', attributes: { role: 'img', 'aria-label': label } },
          h('i', {}),
          h('i', {}),
          h('i', {}),
        ),
      ),
  };
};
