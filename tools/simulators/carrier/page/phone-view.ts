import { Conversation } from './conversation.js';
import { h, iconButton, show } from './dom.js';
import { textOfFault } from './format.js';
import { newMessage } from './new-message.js';
import { phoneFrame } from './phone-frame.js';
import { Refresher } from './refresher.js';
import { type Thread, sim } from './sim.js';
import { threadList } from './thread-list.js';

/** How long trouble is shown, in milliseconds. */
const TROUBLE_MS = 8_000;

interface Options {
  /** Lines that texted with anybody. */
  readonly lines: () => readonly string[];
  readonly onClose: () => void;
}

/** A customer's phone: its threads, or one of them. */
export class PhoneView {
  readonly element: HTMLElement;
  private readonly trouble = h('p', { className: 'trouble', attributes: { role: 'alert' } });
  private readonly list = h('ul', { className: 'threads' });
  private readonly home: HTMLElement;
  private readonly screen = h('div', { className: 'screen' });
  private readonly readsByItself: HTMLInputElement;
  private readonly refresher = new Refresher(() =>
    this.attempt(async () => this.update(await sim.threads(this.number))),
  );
  private threads: readonly Thread[] = [];
  private conversation: Conversation | undefined;

  constructor(
    readonly number: string,
    private readonly options: Options,
  ) {
    this.readsByItself = h('input', {
      type: 'checkbox',
      checked: true,
      onchange: () => void this.attempt(() => this.switchReading()),
      attributes: { role: 'switch' },
    });
    this.home = h(
      'div',
      { className: 'home' },
      h(
        'div',
        { className: 'bar' },
        h('h3', {}, 'Messages'),
        iconButton('write', 'New message', { className: 'compose', onclick: () => this.compose() }),
      ),
      this.list,
      h('p', { className: 'empty' }, 'No messages yet. Write to an agency’s sending number to begin.'),
    );
    const { readsByItself, screen, trouble } = this;
    this.element = phoneFrame(number, { readsByItself, screen, trouble, onClose: options.onClose });
    this.goTo(this.home);
    this.refresh();
  }

  /** Looks what is new. */
  refresh(): void {
    this.refresher.refresh();
  }

  /** Whether the customer reads what comes by themselves. */
  showReading(read: boolean): void {
    this.readsByItself.checked = read;
  }

  /** Puts the focus where one would go on. */
  focus(): void {
    const target = this.conversation === undefined ? '.thread, .compose' : 'textarea';
    this.screen.querySelector<HTMLElement>(target)?.focus({ preventScroll: true });
  }

  private update(threads: readonly Thread[]): void {
    this.threads = threads;
    show(
      this.list,
      threadList(threads, this.number, (chatId) => this.open(chatId)),
    );
    this.home.classList.toggle('is-empty', threads.length === 0);
    const current = this.conversation;
    if (current === undefined) return;
    const thread = threads.find(({ chat_id }) => chat_id === current.chatId);
    // The carrier may have been reset meanwhile.
    if (thread === undefined) this.goHome();
    else current.update(thread);
  }

  private open(chatId: string): void {
    const thread = this.threads.find(({ chat_id }) => chat_id === chatId);
    if (thread === undefined) return;
    const conversation = new Conversation(thread, {
      phone: this.number,
      onBack: () => this.goHome(),
      onChanged: () => this.refresh(),
      onTrouble: (message) => this.complain(message),
    });
    this.goTo(conversation.element);
    this.conversation = conversation;
    conversation.enter();
  }

  private compose(): void {
    const form = newMessage({
      phone: this.number,
      lines: [...new Set([...this.threads.map(({ line }) => line), ...this.options.lines()])],
      onBack: () => this.goHome(),
      onSent: (chatId) =>
        void this.attempt(async () => {
          this.update(await sim.threads(this.number));
          this.open(chatId);
        }),
    });
    this.goTo(form);
    form.querySelector<HTMLElement>('input[value=""], textarea')?.focus();
  }

  private goHome(): void {
    this.goTo(this.home);
    this.focus();
  }

  private goTo(element: HTMLElement): void {
    this.conversation?.leave();
    this.conversation = undefined;
    this.screen.replaceChildren(element);
  }

  private async switchReading(): Promise<void> {
    const { checked } = this.readsByItself;
    await sim.readByItself(this.number, checked);
    if (!checked) return;
    for (const { chat_id, is_member } of this.threads) if (is_member) await sim.read(this.number, chat_id);
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (fault) {
      this.complain(textOfFault(fault));
    }
  }

  private complain(message: string): void {
    this.trouble.textContent = message;
    window.setTimeout(() => {
      if (this.trouble.textContent === message) this.trouble.textContent = '';
    }, TROUBLE_MS);
  }
}
