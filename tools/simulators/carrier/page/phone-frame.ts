import { h, icon, iconButton } from './dom.js';
import { clock, prettyNumber } from './format.js';

const TICK_MS = 10_000;

/** What is the same on every phone: its case, its clock, and what lies beside it. */
export const phoneFrame = (
  number: string,
  parts: {
    readonly readsByItself: HTMLElement;
    readonly screen: HTMLElement;
    readonly trouble: HTMLElement;
    readonly onClose: () => void;
  },
): HTMLElement => {
  const time = h('span', {}, clock(new Date()));
  const timer = window.setInterval(() => {
    if (!time.isConnected) clearInterval(timer);
    time.textContent = clock(new Date());
  }, TICK_MS);
  const pretty = prettyNumber(number);
  return h(
    'article',
    { className: 'phone', attributes: { 'aria-label': `Phone ${pretty}`, 'data-phone': number } },
    h(
      'header',
      {},
      h('h2', {}, pretty),
      h(
        'label',
        { className: 'switch', title: 'Off: messages stay unread until they are marked as read' },
        parts.readsByItself,
        'Reads by itself',
      ),
      iconButton('close', `Put ${pretty} away`, { className: 'close', onclick: parts.onClose }),
    ),
    h(
      'div',
      { className: 'case' },
      h(
        'div',
        { className: 'glass' },
        h(
          'div',
          { className: 'top', attributes: { 'aria-hidden': 'true' } },
          time,
          h('span', { className: 'island' }),
          h('span', {}, icon('signal'), ' ', icon('battery')),
        ),
        parts.screen,
        parts.trouble,
        h('div', { className: 'bottom' }),
      ),
    ),
  );
};
