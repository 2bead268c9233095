type Child = Node | string | undefined;

interface More {
  /** Set as attributes, where `Props` sets properties. */
  readonly attributes?: Readonly<Record<string, string>>;
}
type Props<Tag extends keyof HTMLElementTagNameMap> = Partial<
  Omit<HTMLElementTagNameMap[Tag], 'attributes' | 'children' | 'style'>
> &
  More;

/** Makes an element. Strings become text, whatever people typed into them. */
export const h = <Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { attributes = {}, ...properties }: Props<Tag>,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] => {
  const element = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== undefined));
  return element;
};

/** A drawing beside words or a label that say the same. */
export const icon = (name: string): HTMLElement =>
  h('span', { className: `icon icon-${name}`, attributes: { 'aria-hidden': 'true' } });

/** A button that shows a drawing and says what it does. */
export const iconButton = (
  name: string,
  label: string,
  { className, onclick }: { readonly className: string; readonly onclick?: () => void },
): HTMLButtonElement =>
  h(
    'button',
    {
      type: onclick === undefined ? 'submit' : 'button',
      className,
      title: label,
      onclick: onclick ?? null,
      attributes: { 'aria-label': label },
    },
    icon(name),
  );

const TONES = 6;

/** A face for a number or a group: the same one always has the same colour. */
export const avatar = (whose: string, isGroup = false): HTMLElement => {
  const tone = [...whose].reduce((total, letter) => total + letter.charCodeAt(0), 0) % TONES;
  const face = h('span', { className: 'avatar' }, icon(isGroup ? 'people' : 'person'));
  face.dataset['tone'] = String(tone);
  return face;
};

/** What a list is to show: an element for each key, made anew only when its content changes. */
export interface Item {
  readonly key: string;
  readonly content: unknown;
  readonly render: () => HTMLElement;
}

const shown = new WeakMap<Element, { readonly key: string; readonly content: string }>();

/** Brings a list up to date and leaves alone what stays: its focus, its pictures, its place. */
export const show = (list: HTMLElement, items: readonly Item[]): void => {
  const focused = document.activeElement;
  const row = [...list.children].find((child) => child.contains(focused));
  const before = new Map([...list.children].map((child) => [shown.get(child)?.key, child]));
  let place = list.firstElementChild;
  for (const { key, content, render } of items) {
    const text = JSON.stringify(content);
    const known = before.get(key);
    const element = known !== undefined && shown.get(known)?.content === text ? known : render();
    shown.set(element, { key, content: text });
    if (element === place) place = place.nextElementSibling;
    else list.insertBefore(element, place);
  }
  while (place !== null) {
    const next = place.nextElementSibling;
    place.remove();
    place = next;
  }
  if (row !== undefined && !list.contains(focused)) restoreFocus(list, row, focused);
};

/** Puts the focus on what took the place of the focused element: what has the same name in the same row. */
const restoreFocus = (list: HTMLElement, row: Element, focused: Element | null): void => {
  const key = shown.get(row)?.key;
  const again = [...list.children].find((child) => shown.get(child)?.key === key);
  const name = focused?.getAttribute('data-name');
  again?.querySelector<HTMLElement>(`[data-name="${CSS.escape(name ?? '')}"]`)?.focus();
};
