import { h, iconButton } from './dom.js';
import { WRONG_NUMBER, numberIn, prettyNumber, textOfFault } from './format.js';
import { sim } from './sim.js';

interface Options {
  readonly phone: string;
  /** Lines that are known to be there, the likeliest first: what is offered. */
  readonly lines: readonly string[];
  readonly onBack: () => void;
  readonly onSent: (chatId: string) => void;
}

const field = (label: string, input: HTMLElement): HTMLElement => h('label', {}, h('span', {}, label), input);

/** The form in which a customer writes to a line for the first time, alone or with others. */
export const newMessage = ({ phone, lines, onBack, onSent }: Options): HTMLElement => {
  const list = `lines-of-${phone.slice(1)}`;
  const to = h('input', {
    type: 'tel',
    value: lines[0] ?? '',
    placeholder: 'the agency’s sending number',
    autocomplete: 'off',
    attributes: { list },
  });
  const others = h('input', { type: 'text', placeholder: 'nobody: a direct chat', autocomplete: 'off' });
  const text = h('textarea', {
    rows: 3,
    maxLength: 10_000,
    onkeydown: (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      void send();
    },
  });
  const wrong = h('p', { className: 'wrong', attributes: { role: 'alert' } });

  const send = async (): Promise<void> => {
    const line = numberIn(to.value);
    const typed = others.value.split(/[,;]/).filter((number) => number.trim() !== '');
    const group = typed.map(numberIn).filter((number) => number !== undefined);
    wrong.textContent = '';
    if (line === undefined || group.length < typed.length) wrong.textContent = WRONG_NUMBER;
    else if (text.value.trim() === '') wrong.textContent = 'There is nothing to send yet.';
    if (line === undefined || wrong.textContent !== '') return;
    try {
      const words = { from: phone, to: line, text: text.value, ...(group.length > 0 ? { group } : {}) };
      onSent((await sim.write(words)).chat_id);
    } catch (fault) {
      wrong.textContent = textOfFault(fault);
    }
  };

  return h(
    'form',
    {
      className: 'new-message',
      noValidate: true,
      onsubmit: (event: SubmitEvent) => {
        event.preventDefault();
        void send();
      },
      onkeydown: ({ key }: KeyboardEvent) => {
        if (key === 'Escape') onBack();
      },
    },
    h(
      'div',
      { className: 'bar' },
      iconButton('back', 'All threads', { className: 'back', onclick: onBack }),
      h('h3', {}, 'New message'),
    ),
    field('To a line', to),
    h('datalist', { id: list }, ...lines.map((line) => h('option', { value: line }, prettyNumber(line)))),
    field('Others in the group', others),
    field('Text', text),
    wrong,
    h('button', { className: 'submit' }, 'Send'),
  );
};
