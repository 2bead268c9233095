/** What a person asks of a sending number by a message that is nothing but a keyword. */
export type Keyword = 'stop' | 'start' | 'help';

const words: Readonly<Record<Keyword, readonly string[]>> = {
  stop: ['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPT OUT', 'OPT-OUT', 'OPTOUT'],
  start: ['START', 'YES', 'UNSTOP'],
  help: ['HELP', 'INFO'],
};

const meaning: ReadonlyMap<string, Keyword> = new Map(
  (Object.keys(words) as Keyword[]).flatMap((keyword) =>
    words[keyword].map((word) => [word, keyword] as const),
  ),
);
const longestWord = Math.max(...[...meaning.keys()].map((word) => word.length));
/** A keyword with more space and punctuation around it than this is none. */
const longestText = longestWord + 100;

/**
 * The keyword that a text is: any case, with white space around it and punctuation behind it forgiven. A text that
 * only holds one is none. (The words: what US carriers and the FCC's rules on revoking consent ask for.)
 */
export const keywordOf = (text: string): Keyword | undefined => {
  if (text.length > longestText) return undefined;
  const word = text
    .trim()
    .replace(/[\p{P}\s]+$/u, '')
    .replace(/\s+/g, ' ')
    .toUpperCase();
  return meaning.get(word);
};
