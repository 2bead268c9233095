import { h } from './dom.js';
import { numberIn, prettyNumber } from './format.js';
import { PhoneView } from './phone-view.js';
import { follow, sim } from './sim.js';

/** How many phones are picked up where the address names none. */
const FIRST_PHONES = 2;

const find = <Found extends Element>(selector: string): Found => {
  const found = document.querySelector<Found>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
};

const table = find<HTMLElement>('main');
const nobody = find<HTMLElement>('.nobody');
const seen = find<HTMLDataListElement>('#seen');
const live = find<HTMLElement>('.live');
const form = find<HTMLFormElement>('form.add');
const input = find<HTMLInputElement>('#number');
const wrong = find<HTMLElement>('#wrong');

const phones = new Map<string, PhoneView>();

/** The address names the phones that lie on the table, so that it can be kept and shared. */
const numbersInAddress = (): string[] =>
  decodeURIComponent(location.hash.slice(1))
    .split(',')
    .map(numberIn)
    .filter((number) => number !== undefined);

const remember = (): void => {
  history.replaceState(null, '', `#${[...phones.keys()].join(',')}`);
  nobody.hidden = phones.size > 0;
};

const pickUp = (number: string): PhoneView => {
  const known = phones.get(number);
  if (known !== undefined) return known;
  const view = new PhoneView(number, () => {
    view.element.remove();
    phones.delete(number);
    remember();
    input.focus();
  });
  phones.set(number, view);
  table.append(view.element);
  remember();
  return view;
};

const suggest = async (): Promise<string[]> => {
  const numbers = (await sim.phones()).map(({ phone_number }) => phone_number);
  seen.replaceChildren(...numbers.map((value) => h('option', { value }, prettyNumber(value))));
  return numbers;
};

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const number = numberIn(input.value);
  wrong.textContent = number === undefined ? 'A number starts with + and the country code.' : '';
  if (number === undefined) return;
  input.value = '';
  pickUp(number).element.scrollIntoView({ inline: 'center', block: 'nearest' });
});
input.addEventListener('focus', () => void suggest().catch(() => undefined));

const start = async (): Promise<void> => {
  const named = numbersInAddress();
  const known = await suggest();
  for (const number of named.length > 0 ? named : known.slice(0, FIRST_PHONES)) pickUp(number);
  remember();
};

follow({
  onState: (state) => {
    live.dataset['state'] = state;
    live.textContent = state === 'live' ? 'live' : 'the carrier is away, trying again …';
    if (state === 'live') for (const view of phones.values()) view.refresh();
  },
  onChange: (numbers) => {
    for (const number of numbers) phones.get(number)?.refresh();
  },
});
void start().catch(() => remember());
