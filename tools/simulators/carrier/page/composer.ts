import { Beside } from './beside.js';
import { h, icon, iconButton } from './dom.js';
import { textOfFault } from './format.js';
import { type ThreadMessage, sim } from './sim.js';
import { TypingSign } from './typing-sign.js';

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
  private readonly beside = new Beside();
  private readonly typing: TypingSign;
  private sending = false;

  constructor(private readonly options: Options) {
    const { phone, chatId } = options;
    this.typing = new TypingSign((state) => void this.attempt(() => sim.type(phone, chatId, state)));
    this.box = h('textarea', {
      rows: 1,
      placeholder: 'Text message',
      maxLength: 10_000,
      oninput: () => this.typed(),
      onkeydown: (event) => {
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        void this.send();
      },
      onpaste: (event) => {
        if (this.take(event.clipboardData?.files)) event.preventDefault();
      },
      attributes: { 'aria-label': 'Text message' },
    });
    const picture = h('input', {
      type: 'file',
      onchange: () => {
        this.take(picture.files);
        picture.value = '';
      },
      attributes: { 'aria-label': 'Add a picture or file' },
    });
    const form = h(
      'form',
      {
        onsubmit: (event: SubmitEvent) => {
          event.preventDefault();
          void this.send();
        },
      },
      h('label', { className: 'attach', title: 'Add a picture or file' }, icon('attach'), picture),
      this.box,
      iconButton('send', 'Send', { className: 'send' }),
    );
    this.element = h(
      'div',
      {
        className: 'composer',
        ondragover: (event) => event.preventDefault(),
        ondrop: (event) => {
          if (this.take(event.dataTransfer?.files)) event.preventDefault();
        },
      },
      this.beside.element,
      form,
    );
  }

  focus(): void {
    this.box.focus();
  }

  /** The next message answers this one. */
  answer(message: ThreadMessage): void {
    this.beside.put({ answered: message });
    this.focus();
  }

  /** Lets go of the file and the reply that the next message was to carry. @returns whether there were any */
  putAside(): boolean {
    const had = !this.beside.isEmpty;
    this.beside.clear();
    return had;
  }

  /** The conversation goes off the screen: the dots go out. */
  leave(): void {
    this.typing.stop();
    this.beside.clear();
  }

  private take(files: FileList | null | undefined): boolean {
    const file = files?.[0];
    if (file === undefined) return false;
    this.beside.put({ file });
    this.focus();
    return true;
  }

  private typed(): void {
    if (this.box.value === '') this.typing.stop();
    else if (this.options.hasDots()) this.typing.keyPressed();
  }

  private async send(): Promise<void> {
    const text = this.box.value.trim();
    const { file, answered } = this.beside;
    if (this.sending || (text === '' && file === undefined)) return;
    this.sending = true;
    const sent = await this.attempt(async () => {
      const media = file === undefined ? {} : { media: [{ attachment_id: (await sim.upload(file)).id }] };
      const words = text === '' ? {} : { text };
      const reply = answered === undefined ? {} : { reply_to: { message_id: answered.message_id } };
      this.typing.forget();
      await sim.write({
        from: this.options.phone,
        chat_id: this.options.chatId,
        ...words,
        ...media,
        ...reply,
      });
    });
    this.sending = false;
    if (!sent) return;
    // What was typed meanwhile stays.
    if (this.box.value.trim() === text) this.box.value = '';
    this.beside.clear();
    this.options.onSent();
  }

  private async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (fault) {
      this.options.onTrouble(textOfFault(fault));
      return false;
    }
  }
}
