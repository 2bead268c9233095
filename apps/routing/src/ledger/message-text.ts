/** A message as one text: its text and link parts, joined by line ends. */
export const textOf = (parts: readonly { readonly type: string; readonly value?: string }[]): string =>
  parts
    .flatMap(({ type, value }) => ((type === 'text' || type === 'link') && value ? [value] : []))
    .join('\n');
