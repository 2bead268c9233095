import { h } from './dom.js';
import { summaryOf } from './bubble.js';
import { type ThreadMessage, sim } from './sim.js';

/** Typing that goes on is told again after so long; typing that rests for so long has stopped. */
const RENEW_MS = 20_000;
const REST_MS = 8_000;

interface Options {
  readonly phone: string;
  readonly chatId: string;
  /** Whether the other side can see dots. */
  readonly hasDots: () => boolean;
  readonly onSent: () => void;
  readonly onTrouble: (message: string) => void;
}

/** Where a customer types: text, a picture, a reply. Typing shows as dots on the other side. */
export class Composer {
  readonly element: HTMLElement;
  private readonly box: HTMLTextAreaElement;
  private readonly answering = h('div', { className: 'answering', hidden: true });
  private replyTo: ThreadMessage | undefined;
  private toldAt = 0;
  private rest: number | undefined;

  constructor(private readonly options: Options) {
    this.box = h('textarea', {
      rows: 1,
      placeholder: 'Text message',
      maxLength: 10_000,
      oninput: () => this.typed(),
      onkeydown: (event) => {
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.element.querySelector('form')?.requestSubmit();
      },
      attributes: { 'aria-label': 'Text message' },
    });
    const picture = h('input', {
      type: 'file',
      className: 'picture',
      onchange: () => void this.sendFile(picture),
      attributes: { 'aria-label': 'Send a picture or file' },
    });
    const form = h(
      'form',
      {
        onsubmit: (event: SubmitEvent) => {
          event.preventDefault();
          void this.sendText();
        },
      },
      h('label', { className: 'attach', title: 'Send a picture or file' }, '📷', picture),
      this.box,
      h('button', { attributes: { 'aria-label': 'Send' } }, '➤'),
    );
    this.element = h('div', { className: 'composer' }, this.answering, form);
  }

  /** The next message answers this one; `undefined`: none. */
  answer(message: ThreadMessage | undefined): void {
    this.replyTo = message;
    this.answering.hidden = message === undefined;
    if (message === undefined) return;
    const cancel = h(
      'button',
      { type: 'button', onclick: () => this.answer(undefined), attributes: { 'aria-label': 'Don’t reply' } },
      '✕',
    );
    this.answering.replaceChildren(h('span', {}, `↩ ${summaryOf(message)}`), cancel);
    this.box.focus();
  }

  /** Takes the dots down: the conversation is left. */
  leave(): void {
    this.stopTyping();
  }

  private async sendText(): Promise<void> {
    const text = this.box.value.trim();
    if (text === '') return;
    this.box.value = '';
    if (!(await this.send({ text }))) this.box.value = text;
  }

  private async sendFile(picture: HTMLInputElement): Promise<void> {
    const [file] = picture.files ?? [];
    picture.value = '';
    if (file === undefined) return;
    await this.attempt(async () => {
      const { id } = await sim.upload(file);
      await this.send({ media: [{ attachment_id: id }] });
    });
  }

  private send(content: { text: string } | { media: { attachment_id: string }[] }): Promise<boolean> {
    const { phone, chatId, onSent } = this.options;
    const { replyTo } = this;
    return this.attempt(async () => {
      const reply = replyTo === undefined ? {} : { reply_to: { message_id: replyTo.message_id } };
      // The carrier takes the dots down with the message.
      this.forgetTyping();
      await sim.write({ from: phone, chat_id: chatId, ...content, ...reply });
      this.answer(undefined);
      onSent();
    });
  }

  private typed(): void {
    if (this.box.value === '') return this.stopTyping();
    if (!this.options.hasDots()) return;
    clearTimeout(this.rest);
    this.rest = window.setTimeout(() => this.stopTyping(), REST_MS);
    if (Date.now() - this.toldAt < RENEW_MS) return;
    this.toldAt = Date.now();
    void this.attempt(() => sim.type(this.options.phone, this.options.chatId, 'started'));
  }

  private stopTyping(): void {
    if (!this.forgetTyping()) return;
    void this.attempt(() => sim.type(this.options.phone, this.options.chatId, 'stopped'));
  }

  /** @returns whether the dots were up */
  private forgetTyping(): boolean {
    clearTimeout(this.rest);
    const wasTyping = this.toldAt > 0;
    this.toldAt = 0;
    return wasTyping;
  }

  private async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (fault) {
      this.options.onTrouble(fault instanceof Error ? fault.message : String(fault));
      return false;
    }
  }
}
