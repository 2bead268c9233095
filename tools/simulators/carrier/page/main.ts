import { directory } from './directory.js';
import { show } from './dom.js';
import { WRONG_NUMBER, numberIn } from './format.js';
import { PhoneView } from './phone-view.js';
import { Refresher } from './refresher.js';
import { type Phone, follow, sim } from './sim.js';

/** The list of phones is looked through no more often than this, in milliseconds. */
const DIRECTORY_REST_MS = 500;

const find = <Found extends Element>(selector: string): Found => {
  const found = document.querySelector<Found>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
};

const table = find<HTMLElement>('main');
const nobody = find<HTMLElement>('.nobody');
const known = find<HTMLElement>('.known');
const live = find<HTMLElement>('.live');
const form = find<HTMLFormElement>('form.add');
const input = find<HTMLInputElement>('#number');
const wrong = find<HTMLElement>('#wrong');
const sample = find<HTMLElement>('.sample');

const onTable = new Map<string, PhoneView>();
let phones: readonly Phone[] = [];

/** The address names the phones that lie on the table, so that it can be kept and shared. */
const numbersInAddress = (): string[] =>
  decodeURIComponent(location.hash.slice(1))
    .split(',')
    .map(numberIn)
    .filter((number) => number !== undefined);

const showDirectory = (): void => {
  const isOnTable = (number: string): boolean => onTable.has(number);
  show(known, directory(phones, input.value, { isOnTable, pickUp }));
};

const remember = (): void => {
  history.replaceState(null, '', `#${[...onTable.keys()].join(',')}`);
  nobody.hidden = onTable.size > 0;
  showDirectory();
};

const putAway = (number: string): void => {
  onTable.get(number)?.element.remove();
  onTable.delete(number);
  remember();
  input.focus();
};

const lines = (): string[] => [...new Set(phones.flatMap((phone) => phone.lines))];

const layDown = (number: string): PhoneView => {
  const already = onTable.get(number);
  if (already !== undefined) return already;
  const view = new PhoneView(number, { lines, onClose: () => putAway(number) });
  onTable.set(number, view);
  table.append(view.element);
  remember();
  void sim.reads(number).then((read) => view.showReading(read));
  return view;
};

const pickUp = (number: string): void => {
  const view = layDown(number);
  view.element.scrollIntoView({ inline: 'center', block: 'nearest', behavior: 'smooth' });
  view.focus();
};

const directoryLook = new Refresher(async () => {
  phones = await sim.phones().catch(() => phones);
  showDirectory();
}, DIRECTORY_REST_MS);

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const number = numberIn(input.value);
  wrong.textContent = number === undefined ? WRONG_NUMBER : '';
  if (number === undefined) return;
  input.value = '';
  pickUp(number);
});
input.addEventListener('input', () => {
  wrong.textContent = '';
  showDirectory();
});
sample.addEventListener('click', () => pickUp(sample.dataset['number'] ?? ''));

const start = async (): Promise<void> => {
  const named = numbersInAddress();
  phones = await sim.phones().catch(() => []);
  const [latest] = phones;
  const first = latest === undefined ? [] : [latest.phone_number];
  for (const number of named.length > 0 ? named : first) layDown(number);
  remember();
};

follow({
  onState: (state) => {
    live.dataset['state'] = state;
    live.textContent = state === 'live' ? 'live' : 'the carrier is away, trying again …';
    if (state === 'away') return;
    for (const view of onTable.values()) view.refresh();
    directoryLook.refresh();
  },
  onChange: (numbers) => {
    for (const number of numbers) onTable.get(number)?.refresh();
    directoryLook.refresh();
  },
});
void start();
