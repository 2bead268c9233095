/** Which part of an event a filter looks at, and what for: a regular expression, or else one of the prefixes. */
export interface FilterExpression {
  readonly on: 'stream' | 'type';
  readonly regex: string;
  readonly prefixes: readonly string[];
}

export type EventFilter = (event: { readonly stream: string; readonly type: string }) => boolean;

/** The filter of an expression. Throws SyntaxError where the regular expression is none. */
export const eventFilter = ({ on, regex, prefixes }: FilterExpression): EventFilter => {
  if (regex !== '') {
    const pattern = new RegExp(regex);
    return (event) => pattern.test(event[on]);
  }
  return (event) => prefixes.some((prefix) => event[on].startsWith(prefix));
};
