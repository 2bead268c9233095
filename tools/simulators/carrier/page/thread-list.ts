import { summaryOf } from './bubble.js';
import { titleOf } from './conversation.js';
import { type Item, h } from './dom.js';
import { clock } from './format.js';
import type { Thread } from './sim.js';

const lastLine = (thread: Thread, phone: string): string => {
  if (thread.typing.length > 0) return 'typing …';
  const last = thread.messages.at(-1);
  if (last === undefined) return '';
  return `${last.from === phone ? 'You: ' : ''}${summaryOf(last)}`;
};

/** What came since the phone's owner last wrote or read. */
const unreadIn = (thread: Thread): number =>
  thread.messages.filter(({ from, status }) => from === thread.line && status === 'delivered').length;

/** The threads of a phone, the latest first. */
export const threadList = (
  threads: readonly Thread[],
  phone: string,
  open: (chatId: string) => void,
): Item[] =>
  threads.map((thread) => {
    const unread = thread.is_group || thread.service === 'SMS' ? 0 : unreadIn(thread);
    const last = lastLine(thread, phone);
    return {
      key: thread.chat_id,
      content: [titleOf(thread), last, unread, thread.updated_at, thread.service],
      render: () =>
        h(
          'li',
          {},
          h(
            'button',
            {
              type: 'button',
              className: 'thread',
              onclick: () => open(thread.chat_id),
              attributes: { 'data-name': 'open', 'data-service': thread.service },
            },
            h('span', { className: 'who' }, titleOf(thread)),
            h('time', { dateTime: thread.updated_at }, clock(thread.updated_at)),
            h('span', { className: 'last' }, last),
            unread === 0
              ? undefined
              : h(
                  'span',
                  { className: 'unread', attributes: { 'aria-label': `${unread} unread` } },
                  String(unread),
                ),
          ),
        ),
    };
  });
