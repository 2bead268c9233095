import { bubble } from './bubble.js';
import { Composer } from './composer.js';
import { type Item, avatar, h, iconButton, show } from './dom.js';
import { textOfFault } from './format.js';
import { type ReactionType, type Thread, type ThreadMessage, sim } from './sim.js';
import { subtitleOf, titleOf, unreadIn } from './thread-names.js';
import { dots, since } from './timeline.js';

/** What is so near to the end of a conversation counts as its end, in pixels. */
const NEAR_PX = 80;

interface Options {
  readonly phone: string;
  readonly onBack: () => void;
  readonly onChanged: () => void;
  readonly onTrouble: (message: string) => void;
}

/** One thread, open on a phone. */
export class Conversation {
  readonly element: HTMLElement;
  private readonly title = h('h3', {});
  private readonly members = h('p', { className: 'members' });
  private readonly gone = h('p', { className: 'gone' }, 'You are no longer in this group.');
  private readonly read = h(
    'button',
    { type: 'button', className: 'read', onclick: () => this.markRead() },
    'Mark as read',
  );
  private readonly log = h('ol', {
    className: 'log',
    tabIndex: 0,
    attributes: { role: 'log', 'aria-label': 'Messages' },
  });
  private readonly composer: Composer;
  private selected: string | undefined;

  constructor(
    private thread: Thread,
    private readonly options: Options,
  ) {
    this.composer = new Composer({
      phone: options.phone,
      chatId: thread.chat_id,
      hasDots: () => !this.thread.is_group && this.thread.service === 'iMessage',
      onSent: options.onChanged,
      onTrouble: options.onTrouble,
    });
    const bar = h(
      'div',
      { className: 'bar' },
      iconButton('back', 'All threads', { className: 'back', onclick: options.onBack }),
      avatar(thread.is_group ? thread.chat_id : thread.line, thread.is_group),
      h('div', { className: 'names' }, this.title, this.members),
      this.read,
    );
    this.element = h(
      'div',
      { className: 'conversation', onkeydown: ({ key }) => this.onKey(key) },
      bar,
      this.log,
      this.gone,
      this.composer.element,
    );
    this.update(thread);
  }

  get chatId(): string {
    return this.thread.chat_id;
  }

  update(thread: Thread): void {
    this.thread = thread;
    this.title.textContent = titleOf(thread);
    this.members.textContent = subtitleOf(thread, this.options.phone);
    this.read.hidden = unreadIn(thread) === 0;
    this.gone.hidden = thread.is_member;
    this.composer.element.hidden = !thread.is_member;
    this.composer.element.dataset['service'] = thread.service;
    const { log } = this;
    const wasAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
    const messages = thread.messages.flatMap((message, index) => {
      const before = thread.messages[index - 1];
      return [since(message, before), this.item(message, before?.from !== message.from)];
    });
    show(log, [...messages.filter((item) => item !== undefined), ...thread.typing.map(dots)]);
    if (wasAtEnd) this.goToEnd();
  }

  /** Comes on the screen: at its end, ready to type. */
  enter(): void {
    this.goToEnd();
    this.composer.focus();
  }

  leave(): void {
    this.composer.leave();
  }

  private goToEnd(): void {
    this.log.scrollTop = this.log.scrollHeight;
  }

  private item(message: ThreadMessage, isFirst: boolean): Item {
    const { thread, selected } = this;
    const isOpen = selected === message.message_id;
    const answered = thread.messages.find(({ message_id }) => message_id === message.reply_to?.message_id);
    return {
      key: message.message_id,
      content: [message, isOpen, isFirst, answered?.parts, thread.is_member],
      render: () => this.render(message, { isOpen, isFirst }),
    };
  }

  private render(
    message: ThreadMessage,
    { isOpen, isFirst }: { isOpen: boolean; isFirst: boolean },
  ): HTMLElement {
    const element = bubble(this.thread, message, {
      phone: this.options.phone,
      isOpen,
      isFirst,
      actions: {
        toggle: () => {
          if (this.thread.is_member) this.select(isOpen ? undefined : message.message_id);
        },
        react: (type, remove) => this.react(message, type, remove),
        reply: () => {
          this.select(undefined);
          this.composer.answer(message);
        },
      },
    });
    // A picture grows when it comes: the end of the conversation stays in sight.
    for (const image of element.querySelectorAll('img'))
      image.addEventListener('load', () => {
        const { log } = this;
        if (log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX + image.height) this.goToEnd();
      });
    return element;
  }

  private onKey(key: string): void {
    if (key !== 'Escape') return;
    if (this.selected !== undefined) this.select(undefined);
    else if (!this.composer.putAside()) this.options.onBack();
  }

  private select(messageId: string | undefined): void {
    this.selected = messageId;
    this.update(this.thread);
    this.log.querySelector('.tools')?.scrollIntoView({ block: 'nearest' });
  }

  private react({ message_id }: ThreadMessage, type: ReactionType, remove: boolean): void {
    this.select(undefined);
    void this.attempt(sim.react({ from: this.options.phone, message_id, type, remove }));
  }

  private markRead(): void {
    void this.attempt(sim.read(this.options.phone, this.chatId));
  }

  private async attempt(work: Promise<unknown>): Promise<void> {
    try {
      await work;
      this.options.onChanged();
    } catch (fault) {
      this.options.onTrouble(textOfFault(fault));
    }
  }
}
