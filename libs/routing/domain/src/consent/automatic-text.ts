import { assertNever } from '@claw/kernel';
import type { Keyword } from './keyword';

export interface AnsweringAgency {
  readonly name: string | undefined;
  /** What the agency wants HELP to be answered with. */
  readonly helpText: string | null;
}

/**
 * What a keyword is answered with. US carriers want a confirmation to say who it is from and what happens now, and
 * an answer to HELP to say how to stop (CTIA Messaging Principles and Best Practices).
 */
export const automaticText = (keyword: Keyword, { name, helpText }: AnsweringAgency): string => {
  const from = name?.trim() ? `${name.trim()}: ` : '';
  switch (keyword) {
    case 'stop':
      return `${from}You have opted out and will get no more messages from this number. Reply START to get messages again.`;
    case 'start':
      return `${from}You have opted in and will get messages from this number again. Message and data rates may apply. Reply HELP for help, STOP to opt out.`;
    case 'help':
      return helpText?.trim()
        ? helpText
        : `${from}This number is answered by an automated assistant. Message frequency varies. Message and data rates may apply. Reply STOP to opt out.`;
    default:
      return assertNever(keyword);
  }
};
