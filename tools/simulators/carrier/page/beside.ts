import { h, icon, iconButton } from './dom.js';
import type { ThreadMessage } from './sim.js';
import { summaryOf } from './thread-names.js';

/** What goes with the next message: a file, and the message that it answers. Shown above where it is typed. */
export class Beside {
  readonly element = h('div', {});
  file: File | undefined;
  answered: ThreadMessage | undefined;
  private preview: string | undefined;

  get isEmpty(): boolean {
    return this.file === undefined && this.answered === undefined;
  }

  put({ file = this.file, answered = this.answered }: { file?: File; answered?: ThreadMessage }): void {
    [this.file, this.answered] = [file, answered];
    this.show();
  }

  clear(): void {
    [this.file, this.answered] = [undefined, undefined];
    this.show();
  }

  private show(): void {
    if (this.preview !== undefined) URL.revokeObjectURL(this.preview);
    this.preview = this.file?.type.startsWith('image/') === true ? URL.createObjectURL(this.file) : undefined;
    this.element.replaceChildren(...this.rows());
  }

  private rows(): HTMLElement[] {
    const { file, answered, preview } = this;
    const rows: HTMLElement[] = [];
    if (answered !== undefined)
      rows.push(
        row(icon('reply'), summaryOf(answered), 'Don’t reply', () => {
          this.answered = undefined;
          this.show();
        }),
      );
    if (file !== undefined)
      rows.push(
        row(
          preview === undefined ? icon('attach') : h('img', { src: preview, alt: '' }),
          file.name,
          'Don’t send the file',
          () => {
            this.file = undefined;
            this.show();
          },
        ),
      );
    return rows;
  }
}

const row = (sign: HTMLElement, words: string, undo: string, onUndo: () => void): HTMLElement =>
  h(
    'div',
    { className: 'beside' },
    sign,
    h('span', {}, words),
    iconButton('close', undo, { className: 'undo', onclick: onUndo }),
  );
