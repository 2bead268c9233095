import { h } from './dom.js';
import { numberIn } from './format.js';
import { sim } from './sim.js';

interface Options {
  readonly phone: string;
  /** Lines that the phone knows: what is offered. */
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
    required: true,
    value: lines[0] ?? '',
    placeholder: '+1 500 555 0001',
    autocomplete: 'off',
    attributes: { list },
  });
  const others = h('input', { type: 'text', placeholder: 'nobody: a direct chat', autocomplete: 'off' });
  const text = h('textarea', { rows: 3, required: true, maxLength: 10_000 });
  const wrong = h('p', { className: 'wrong', attributes: { role: 'alert' } });

  const send = async (): Promise<void> => {
    const line = numberIn(to.value);
    const typed = others.value.split(/[,;]/).filter((number) => number.trim() !== '');
    const group = typed.map(numberIn).filter((number) => number !== undefined);
    if (line === undefined || group.length < typed.length) {
      wrong.textContent = 'A number starts with + and the country code.';
      return;
    }
    try {
      const words = { from: phone, to: line, text: text.value, ...(group.length > 0 ? { group } : {}) };
      onSent((await sim.write(words)).chat_id);
    } catch (fault) {
      wrong.textContent = fault instanceof Error ? fault.message : String(fault);
    }
  };

  return h(
    'form',
    {
      className: 'new-message',
      onsubmit: (event: SubmitEvent) => {
        event.preventDefault();
        void send();
      },
    },
    h(
      'div',
      { className: 'bar' },
      h(
        'button',
        { type: 'button', className: 'back', onclick: onBack, attributes: { 'aria-label': 'All threads' } },
        '‹',
      ),
      h('h3', {}, 'New message'),
    ),
    field('To a line', to),
    h('datalist', { id: list }, ...lines.map((line) => h('option', { value: line }))),
    field('Others in the group', others),
    field('Text', text),
    wrong,
    h('button', {}, 'Send'),
  );
};
