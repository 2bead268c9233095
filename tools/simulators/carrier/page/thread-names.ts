import { prettyNumber } from './format.js';
import type { Thread, ThreadMessage } from './sim.js';

/** What a thread is called on the phone. */
export const titleOf = (thread: Thread): string => {
  if (thread.name !== null) return thread.name;
  return thread.is_group ? `Group of ${thread.members.length + 1}` : prettyNumber(thread.line);
};

/** Who a thread is with, from the phone's side. */
export const subtitleOf = (thread: Thread, phone: string): string => {
  if (!thread.is_group) return thread.service;
  const others = thread.members.filter((member) => member !== phone).map(prettyNumber);
  return ['you', ...others, prettyNumber(thread.line)].join(', ');
};

/** What a message is called where there is room for a line only. */
export const summaryOf = (message: ThreadMessage): string =>
  message.parts.map((part) => (part.type === 'media' ? part.filename : part.value)).join(' ');

/** Whether the sender is told that a message was read, and so whether it can be left unread. */
export const tellsRead = (thread: Thread): boolean => !thread.is_group && thread.service !== 'SMS';

/** What lies delivered and unread. */
export const unreadIn = (thread: Thread): number =>
  tellsRead(thread)
    ? thread.messages.filter(({ from, status }) => from === thread.line && status === 'delivered').length
    : 0;
