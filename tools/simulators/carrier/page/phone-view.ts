import { Conversation } from './conversation.js';
import { h, show } from './dom.js';
import { prettyNumber } from './format.js';
import { newMessage } from './new-message.js';
import { type Thread, sim } from './sim.js';
import { threadList } from './thread-list.js';

/** How long trouble is shown, in milliseconds. */
const TROUBLE_MS = 6_000;

/** A customer's phone: its threads, or one of them. */
export class PhoneView {
  readonly element: HTMLElement;
  private readonly trouble = h('p', { className: 'trouble', attributes: { role: 'alert' } });
  private readonly list = h('ul', { className: 'threads' });
  private readonly home: HTMLElement;
  private readonly screen = h('div', { className: 'screen' });
  private readonly readsByItself: HTMLInputElement;
  private threads: readonly Thread[] = [];
  private conversation: Conversation | undefined;
  private refreshing = false;
  private stale = false;

  constructor(
    readonly number: string,
    onClose: () => void,
  ) {
    this.readsByItself = h('input', {
      type: 'checkbox',
      checked: true,
      onchange: () => void this.attempt(() => this.switchReading()),
      attributes: { role: 'switch' },
    });
    const compose = h(
      'button',
      { type: 'button', className: 'compose', onclick: () => this.compose() },
      'New message',
    );
    this.home = h(
      'div',
      { className: 'home' },
      h('div', { className: 'bar' }, h('h3', {}, 'Messages'), compose),
      this.list,
      h('p', { className: 'empty' }, 'No messages yet.'),
    );
    const close = h(
      'button',
      {
        type: 'button',
        className: 'close',
        onclick: onClose,
        attributes: { 'aria-label': `Put ${prettyNumber(number)} away` },
      },
      '✕',
    );
    this.element = h(
      'article',
      {
        className: 'phone',
        attributes: { 'aria-label': `Phone ${prettyNumber(number)}`, 'data-phone': number },
      },
      h(
        'header',
        {},
        h('h2', {}, prettyNumber(number)),
        h(
          'label',
          { className: 'switch', title: 'Off: messages are left unread until they are marked as read' },
          this.readsByItself,
          'Reads by itself',
        ),
        close,
      ),
      this.screen,
      this.trouble,
    );
    this.goTo(this.home);
    void this.attempt(async () => {
      this.readsByItself.checked = (await sim.behaviour(number)).read;
    });
    this.refresh();
  }

  /** Looks what is new. Many calls at once become two looks at most. */
  refresh(): void {
    this.stale = true;
    if (!this.refreshing) void this.look();
  }

  private async look(): Promise<void> {
    this.refreshing = true;
    while (this.stale) {
      this.stale = false;
      await this.attempt(async () => this.update(await sim.threads(this.number)));
    }
    this.refreshing = false;
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
    conversation.element.querySelector('textarea')?.focus();
  }

  private compose(): void {
    const form = newMessage({
      phone: this.number,
      lines: [...new Set(this.threads.map(({ line }) => line))],
      onBack: () => this.goHome(),
      onSent: (chatId) =>
        void this.attempt(async () => {
          this.update(await sim.threads(this.number));
          this.open(chatId);
        }),
    });
    this.goTo(form);
    form.querySelector('input')?.focus();
  }

  private goHome(): void {
    this.goTo(this.home);
    this.home.querySelector<HTMLElement>('button')?.focus();
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
      this.complain(fault instanceof Error ? fault.message : String(fault));
    }
  }

  private complain(message: string): void {
    this.trouble.textContent = message;
    window.setTimeout(() => {
      if (this.trouble.textContent === message) this.trouble.textContent = '';
    }, TROUBLE_MS);
  }
}
