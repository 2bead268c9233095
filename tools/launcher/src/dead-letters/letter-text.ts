import { textTable } from '@claw/kernel';
import type { DeadLetter, OpenedLetter } from '@claw/messaging';
import { redact } from '@claw/observability';

/** A letter as it may be shown: its reason may quote the message, and so hold what is a secret. */
export const listed = (letter: DeadLetter): DeadLetter => ({ ...letter, reason: redact(letter.reason) });

const columns = [
  { title: 'ID', of: ({ id }: DeadLetter) => String(id) },
  { title: 'WHEN', of: ({ at }: DeadLetter) => at },
  { title: 'CONSUMER', of: ({ consumer }: DeadLetter) => consumer },
  { title: 'STREAM', of: ({ stream }: DeadLetter) => stream },
  { title: 'SUBJECT', of: ({ subject }: DeadLetter) => subject },
  { title: 'ATTEMPTS', of: ({ attempts }: DeadLetter) => String(attempts) },
  { title: 'BYTES', of: ({ bytes }: DeadLetter) => String(bytes) },
  { title: 'REASON', of: ({ reason }: DeadLetter) => reason },
] as const;

/** Letters as lines of a table, with a line of titles. */
export const letterTable = (letters: readonly DeadLetter[]): string =>
  textTable([
    columns.map(({ title }) => title),
    ...letters.map((letter) => columns.map(({ of }) => printable(of(letter)))),
  ]);

/** A whole letter for a person: its reason and headers, an empty line, and its message, without secrets. */
export const letterPage = (letter: OpenedLetter): string => {
  const headers = JSON.parse(redact(JSON.stringify(letter.headers))) as Record<string, string>;
  const facts = {
    id: String(letter.id),
    when: letter.at,
    consumer: `${letter.consumer} of ${letter.stream}`,
    subject: `${letter.subject} (sequence ${letter.sequence})`,
    attempts: String(letter.attempts),
    reason: redact(letter.reason),
    ...headers,
  };
  const width = Math.max(...Object.keys(facts).map((name) => name.length));
  const lines = Object.entries(facts).map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  return `${lines.map(printable).join('\n')}\n\n${printable(bodyOf(letter.data))}`;
};

/** In a few words which letter it is. */
export const letterName = ({ id, consumer, stream, subject }: DeadLetter): string =>
  printable(`${id}, ${subject}, given up by ${consumer} of ${stream}`);

const bodyOf = (data: Uint8Array): string => {
  const text = textOf(data);
  if (text === undefined) return `(${data.length} bytes that are no text)`;
  try {
    return redact(JSON.stringify(JSON.parse(text), null, 2));
  } catch {
    return redact(text);
  }
};

const textOf = (data: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return undefined;
  }
};

/** What a stranger wrote must not steer the terminal. */
const printable = (text: string): string => text.replace(/(?![\n\t])\p{Cc}/gu, '\ufffd');
