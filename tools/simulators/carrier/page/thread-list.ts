import { type Item, avatar, h } from './dom.js';
import { clockOrDay } from './format.js';
import type { Thread } from './sim.js';
import { summaryOf, titleOf, unreadIn } from './thread-names.js';

const lastLine = (thread: Thread, phone: string): string => {
  if (thread.typing.length > 0) return 'typing …';
  const last = thread.messages.at(-1);
  if (last === undefined) return '';
  return `${last.from === phone ? 'You: ' : ''}${summaryOf(last)}`;
};

const badge = (unread: number): HTMLElement | undefined =>
  unread === 0
    ? undefined
    : h(
        'span',
        { className: 'unread', attributes: { role: 'img', 'aria-label': `${unread} unread` } },
        String(unread),
      );

/** The threads of a phone, the latest first. */
export const threadList = (
  threads: readonly Thread[],
  phone: string,
  open: (chatId: string) => void,
): Item[] =>
  threads.map((thread) => {
    const { chat_id, is_group, line, updated_at } = thread;
    const [title, last, unread] = [titleOf(thread), lastLine(thread, phone), unreadIn(thread)];
    const isTyping = thread.typing.length > 0;
    return {
      key: chat_id,
      content: [title, last, unread, updated_at],
      render: () =>
        h(
          'li',
          {},
          h(
            'button',
            {
              type: 'button',
              className: 'thread',
              onclick: () => open(chat_id),
              attributes: { 'data-name': 'open' },
            },
            avatar(is_group ? chat_id : line, is_group),
            h('span', { className: 'who' }, title),
            h('time', { dateTime: updated_at }, clockOrDay(new Date(updated_at), new Date())),
            h('span', { className: 'last', attributes: { 'data-typing': String(isTyping) } }, last),
            badge(unread),
          ),
        ),
    };
  });
