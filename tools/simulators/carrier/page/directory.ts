import { type Item, avatar, h } from './dom.js';
import { clockOrDay, prettyNumber } from './format.js';
import type { Phone } from './sim.js';

/** As many as one would look through; typing finds the others. */
const MAX_SHOWN = 50;

const about = ({ threads, updated_at }: Phone): string =>
  `${threads === 1 ? '1 thread' : `${threads} threads`} · ${clockOrDay(new Date(updated_at), new Date())}`;

/**
 * The phones on the network that fit what was typed, the latest first.
 *
 * @param isOnTable whether a phone lies there already
 */
export const directory = (
  phones: readonly Phone[],
  typed: string,
  {
    isOnTable,
    pickUp,
  }: { readonly isOnTable: (number: string) => boolean; readonly pickUp: (number: string) => void },
): Item[] => {
  const digits = typed.replace(/\D/g, '');
  return phones
    .filter(({ phone_number }) => phone_number.includes(digits))
    .slice(0, MAX_SHOWN)
    .map((phone) => {
      const { phone_number } = phone;
      const isHere = isOnTable(phone_number);
      return {
        key: phone_number,
        content: [about(phone), isHere],
        render: () =>
          h(
            'li',
            {},
            h(
              'button',
              {
                type: 'button',
                onclick: () => pickUp(phone_number),
                attributes: { 'data-name': 'pick up', 'aria-current': String(isHere) },
              },
              avatar(phone_number),
              h('span', {}, prettyNumber(phone_number)),
              h('span', { className: 'about' }, about(phone)),
            ),
          ),
      };
    });
};
