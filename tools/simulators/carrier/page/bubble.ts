import { h, icon, iconButton } from './dom.js';
import { clock, emojiOf, prettyNumber } from './format.js';
import { partElement } from './message-parts.js';
import { type ReactionRow, reactionRow } from './reaction-row.js';
import type { Thread, ThreadMessage } from './sim.js';
import { summaryOf } from './thread-names.js';

export interface BubbleActions extends ReactionRow {
  /** Opens and closes the row of reactions. */
  readonly toggle: () => void;
}

interface BubbleOptions {
  readonly phone: string;
  /** Whether reactions and reply are offered now. */
  readonly isOpen: boolean;
  /** Whether somebody else spoke before. */
  readonly isFirst: boolean;
  readonly actions: BubbleActions;
}

/** What the sender of a message is shown of its way, as a drawing and in a word. */
const TICKS = {
  pending: ['wait', 'sending'],
  sent: ['tick', 'sent'],
  delivered: ['ticks', 'delivered'],
  received: ['ticks', 'delivered'],
  read: ['ticks', 'read'],
  failed: ['close', 'failed'],
} as const;

const meta = ({ at, status }: ThreadMessage): HTMLElement => {
  const [drawing, word] = TICKS[status];
  return h(
    'span',
    { className: 'meta' },
    h('time', { dateTime: at }, clock(new Date(at))),
    h('span', { className: 'tick', attributes: { 'data-state': word } }, icon(drawing), word),
  );
};

const nameOf = (handle: string, phone: string): string => (handle === phone ? 'you' : prettyNumber(handle));

const quote = (thread: Thread, message: ThreadMessage, phone: string): HTMLElement | undefined => {
  if (message.reply_to === null) return undefined;
  const answered = thread.messages.find(({ message_id }) => message_id === message.reply_to?.message_id);
  const words = answered === undefined ? 'an earlier message' : summaryOf(answered);
  const whose = answered === undefined ? '' : `${nameOf(answered.from, phone)}: `;
  return h('span', { className: 'quote' }, `${whose}${words}`);
};

const badges = (message: ThreadMessage, phone: string): HTMLElement | undefined => {
  if (message.reactions.length === 0) return undefined;
  const said = message.reactions.map(({ handle, type, custom_emoji }) => {
    const label = `${type} by ${nameOf(handle, phone)}`;
    return h(
      'span',
      { title: label, attributes: { role: 'img', 'aria-label': label } },
      emojiOf(type, custom_emoji),
    );
  });
  return h('span', { className: 'badges' }, ...said);
};

const isPressed = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest('a, video, audio') !== null;

/** A message as its phone shows it; a tap on it offers reactions and a reply. */
export const bubble = (
  thread: Thread,
  message: ThreadMessage,
  { phone, isOpen, isFirst, actions }: BubbleOptions,
): HTMLElement => {
  const isMine = message.from === phone;
  const sender =
    thread.is_group && !isMine && isFirst
      ? h('span', { className: 'sender' }, prettyNumber(message.from))
      : undefined;
  const effect = message.effect?.name === undefined ? undefined : `sent with ${message.effect.name}`;
  const body = h(
    'div',
    {
      className: 'bubble',
      onclick: ({ target }) => {
        if (!isPressed(target)) actions.toggle();
      },
    },
    ...message.parts.map(partElement),
    meta(message),
    badges(message, phone),
  );
  const open = iconButton('react', 'React or reply', { className: 'open', onclick: actions.toggle });
  open.setAttribute('aria-expanded', String(isOpen));
  open.dataset['name'] = 'open';
  return h(
    'li',
    {
      className: `message ${isMine ? 'mine' : 'theirs'}`,
      attributes: { 'data-service': message.service, 'data-status': message.status },
    },
    sender,
    quote(thread, message, phone),
    h('div', { className: 'row' }, body, thread.is_member ? open : undefined),
    effect === undefined ? undefined : h('span', { className: 'effect' }, effect),
    isOpen ? reactionRow(message, phone, actions) : undefined,
  );
};
