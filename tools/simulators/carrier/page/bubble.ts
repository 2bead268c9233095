import { h } from './dom.js';
import { TAPBACKS, clock, emojiOf, fileSize, prettyNumber } from './format.js';
import type { Thread, ThreadMessage } from './sim.js';

type Part = ThreadMessage['parts'][number];
type MediaPart = Part & { type: 'media' };

export interface BubbleActions {
  /** Opens and closes the row of reactions. */
  readonly toggle: () => void;
  readonly react: (type: (typeof TAPBACKS)[number], remove: boolean) => void;
  readonly reply: () => void;
}

/** What a message is called where there is room for a line only. */
export const summaryOf = (message: ThreadMessage): string =>
  message.parts.map((part) => (part.type === 'media' ? part.filename : part.value)).join(' ');

const isWebAddress = (url: string): boolean => /^https?:\/\//i.test(url);

const link = (url: string, text: string): HTMLElement =>
  isWebAddress(url)
    ? h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, text)
    : h('span', {}, text);

const file = ({ url, filename, size_bytes }: MediaPart): HTMLElement =>
  h(
    'span',
    { className: 'file' },
    '📎 ',
    link(url, filename),
    size_bytes > 0 ? ` ${fileSize(size_bytes)}` : '',
  );

const media = (part: MediaPart): HTMLElement => {
  const { url, mime_type, filename } = part;
  if (!isWebAddress(url)) return file(part);
  if (mime_type.startsWith('video/')) return h('video', { src: url, controls: true, title: filename });
  if (mime_type.startsWith('audio/')) return h('audio', { src: url, controls: true, title: filename });
  if (!mime_type.startsWith('image/')) return file(part);
  const image = h('img', { src: url, alt: filename });
  // What the browser can't show, or can't reach, is a file like any other.
  image.onerror = () => image.replaceWith(file(part));
  return image;
};

const toElement = (part: Part): HTMLElement => {
  if (part.type === 'media') return media(part);
  return part.type === 'link' ? link(part.value, part.value) : h('span', { className: 'text' }, part.value);
};

/** What the sender of a message is shown of its way, in signs and in words. */
const TICKS = {
  pending: ['◷', 'on its way'],
  sent: ['✓', 'sent'],
  delivered: ['✓✓', 'delivered'],
  received: ['✓✓', 'delivered'],
  read: ['✓✓', 'read'],
  failed: ['✕', 'failed'],
} as const;

const meta = (message: ThreadMessage): HTMLElement => {
  const [sign, words] = TICKS[message.status];
  return h(
    'span',
    { className: 'meta' },
    h('time', { dateTime: message.at }, clock(message.at)),
    ` · ${message.service} · `,
    h('span', { className: 'tick', attributes: { 'data-state': words } }, `${sign} ${words}`),
  );
};

const nameOf = (handle: string, phone: string): string => (handle === phone ? 'you' : prettyNumber(handle));

const quote = (thread: Thread, message: ThreadMessage, phone: string): HTMLElement | undefined => {
  if (message.reply_to === null) return undefined;
  const answered = thread.messages.find(({ message_id }) => message_id === message.reply_to?.message_id);
  const words = answered === undefined ? 'an earlier message' : summaryOf(answered);
  const whose = answered === undefined ? '' : `${nameOf(answered.from, phone)}: `;
  return h('span', { className: 'quote' }, `↩ ${whose}${words}`);
};

const badges = (message: ThreadMessage, phone: string): HTMLElement | undefined => {
  if (message.reactions.length === 0) return undefined;
  const said = message.reactions.map(({ handle, type, custom_emoji }) =>
    h(
      'span',
      {
        title: `${type} by ${nameOf(handle, phone)}`,
        attributes: { role: 'img', 'aria-label': `${type} by ${nameOf(handle, phone)}` },
      },
      emojiOf(type, custom_emoji),
    ),
  );
  return h('span', { className: 'badges' }, ...said);
};

const tools = (message: ThreadMessage, phone: string, actions: BubbleActions): HTMLElement => {
  const mine = message.reactions.find(({ handle, part_index }) => handle === phone && part_index === 0);
  const tapbacks = TAPBACKS.map((type) => {
    const isOn = mine?.type === type;
    return h(
      'button',
      {
        type: 'button',
        title: type,
        onclick: () => actions.react(type, isOn),
        attributes: { 'aria-label': type, 'aria-pressed': String(isOn), 'data-name': type },
      },
      emojiOf(type, null),
    );
  });
  const reply = h(
    'button',
    { type: 'button', onclick: actions.reply, attributes: { 'data-name': 'reply' } },
    'Reply',
  );
  const offered = message.service === 'SMS' ? [reply] : [...tapbacks, reply];
  return h(
    'div',
    { className: 'tools', attributes: { role: 'group', 'aria-label': 'React or reply' } },
    ...offered,
  );
};

/** A message as its phone shows it; a click on it offers reactions and a reply. */
export const bubble = (
  thread: Thread,
  message: ThreadMessage,
  { phone, isOpen, actions }: { phone: string; isOpen: boolean; actions: BubbleActions },
): HTMLElement => {
  const isMine = message.from === phone;
  const sender =
    thread.is_group && !isMine ? h('span', { className: 'sender' }, prettyNumber(message.from)) : undefined;
  const effect = message.effect?.name === undefined ? undefined : `sent with ${message.effect.name}`;
  const body = h(
    'div',
    {
      className: 'bubble',
      tabIndex: 0,
      onclick: ({ target }) => {
        if (!(target instanceof Element) || target.closest('a, video, audio') === null) actions.toggle();
      },
      onkeydown: (event) => {
        if (event.target !== event.currentTarget || (event.key !== 'Enter' && event.key !== ' ')) return;
        event.preventDefault();
        actions.toggle();
      },
      attributes: { role: 'button', 'aria-expanded': String(isOpen), 'data-name': 'bubble' },
    },
    ...message.parts.map(toElement),
    badges(message, phone),
  );
  return h(
    'li',
    {
      className: `message ${isMine ? 'mine' : 'theirs'}`,
      attributes: { 'data-service': message.service, 'data-status': message.status },
    },
    sender,
    quote(thread, message, phone),
    body,
    effect === undefined ? undefined : h('span', { className: 'effect' }, effect),
    isOpen ? tools(message, phone, actions) : undefined,
    meta(message),
  );
};
