import { type Item, h, show } from './dom.js';
import { bubble } from './bubble.js';
import { Composer } from './composer.js';
import { prettyNumber } from './format.js';
import { type Thread, type ThreadMessage, sim } from './sim.js';

/** What is so near to the end of a conversation counts as its end, in pixels. */
const NEAR_PX = 80;

interface Options {
  readonly phone: string;
  readonly onBack: () => void;
  readonly onChanged: () => void;
  readonly onTrouble: (message: string) => void;
}

export const titleOf = (thread: Thread): string => {
  if (thread.name !== null) return thread.name;
  return thread.is_group ? `Group of ${thread.members.length + 1}` : prettyNumber(thread.line);
};

/** One thread, open on a phone. */
export class Conversation {
  readonly element: HTMLElement;
  private readonly title = h('h3', {});
  private readonly members = h('p', { className: 'members' });
  private readonly read = h('button', { type: 'button', className: 'read', onclick: () => this.markRead() });
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
    this.read.textContent = 'Mark as read';
    this.composer = new Composer({
      phone: options.phone,
      chatId: thread.chat_id,
      hasDots: () => !this.thread.is_group && this.thread.service === 'iMessage',
      onSent: options.onChanged,
      onTrouble: options.onTrouble,
    });
    const back = h(
      'button',
      {
        type: 'button',
        className: 'back',
        onclick: options.onBack,
        attributes: { 'aria-label': 'All threads' },
      },
      '‹',
    );
    const bar = h('div', { className: 'bar' }, back, h('div', {}, this.title, this.members), this.read);
    this.element = h(
      'div',
      {
        className: 'conversation',
        onkeydown: ({ key }) => {
          if (key === 'Escape') this.select(undefined);
        },
      },
      bar,
      this.log,
      this.composer.element,
    );
    this.update(thread);
  }

  get chatId(): string {
    return this.thread.chat_id;
  }

  update(thread: Thread): void {
    this.thread = thread;
    const { phone } = this.options;
    this.title.textContent = titleOf(thread);
    this.members.textContent = thread.is_group
      ? [
          'you',
          ...thread.members.filter((member) => member !== phone).map(prettyNumber),
          prettyNumber(thread.line),
        ].join(', ')
      : thread.service;
    this.read.hidden = !thread.messages.some(
      ({ status, from }) => status === 'delivered' && from === thread.line,
    );
    if (thread.is_group || thread.service === 'SMS') this.read.hidden = true;
    this.composer.element.hidden = !thread.is_member;
    const { log } = this;
    const wasAtEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_PX;
    show(log, [...thread.messages.map((message) => this.item(message)), ...thread.typing.map(dots)]);
    if (wasAtEnd) log.scrollTop = log.scrollHeight;
  }

  /** Goes to the latest message: called when the conversation comes on the screen. */
  enter(): void {
    this.log.scrollTop = this.log.scrollHeight;
  }

  leave(): void {
    this.composer.leave();
  }

  private item(message: ThreadMessage): Item {
    const { phone } = this.options;
    const isOpen = this.selected === message.message_id;
    return {
      key: message.message_id,
      content: [
        message,
        isOpen,
        this.thread.messages.find(({ message_id }) => message_id === message.reply_to?.message_id),
      ],
      render: () => {
        const element = bubble(this.thread, message, {
          phone,
          isOpen,
          actions: {
            toggle: () => this.select(isOpen ? undefined : message.message_id),
            react: (type, remove) => this.react(message, type, remove),
            reply: () => {
              this.select(undefined);
              this.composer.answer(message);
            },
          },
        });
        // A picture grows when it comes: the end of the conversation stays in sight.
        for (const image of element.querySelectorAll('img'))
          image.addEventListener('load', () => this.enter());
        return element;
      },
    };
  }

  private select(messageId: string | undefined): void {
    this.selected = messageId;
    this.update(this.thread);
  }

  private react(
    { message_id }: ThreadMessage,
    type: Parameters<typeof sim.react>[0]['type'],
    remove: boolean,
  ): void {
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
      this.options.onTrouble(fault instanceof Error ? fault.message : String(fault));
    }
  }
}

const dots = (who: string): Item => ({
  key: `dots of ${who}`,
  content: who,
  render: () =>
    h(
      'li',
      { className: 'message theirs typing' },
      h(
        'span',
        {
          className: 'bubble dots',
          attributes: { role: 'img', 'aria-label': `${prettyNumber(who)} is typing` },
        },
        h('i', {}),
        h('i', {}),
        h('i', {}),
      ),
    ),
});
