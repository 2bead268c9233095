import { h, icon } from './dom.js';
import { TAPBACKS, emojiOf } from './format.js';
import type { ThreadMessage } from './sim.js';

export interface ReactionRow {
  readonly react: (type: (typeof TAPBACKS)[number], remove: boolean) => void;
  readonly reply: () => void;
}

/** What a tap on a message offers: the reactions, as far as its service knows them, and a reply. */
export const reactionRow = (message: ThreadMessage, phone: string, actions: ReactionRow): HTMLElement => {
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
    { type: 'button', className: 'reply', onclick: actions.reply, attributes: { 'data-name': 'reply' } },
    icon('reply'),
    ' Reply',
  );
  return h(
    'div',
    { className: 'tools', attributes: { role: 'group', 'aria-label': 'React or reply' } },
    ...(message.service === 'SMS' ? [] : tapbacks),
    reply,
  );
};
