import { z } from 'zod';
import { ServiceType } from './service';

/** A thread between one of our lines and one customer, or several in a group. */
export const ChatRecord = z.object({
  id: z.string(),
  line: z.string(),
  /** Who is in it besides the line. */
  recipients: z.array(z.string()),
  /** When those came that weren't in it from the start. */
  joined: z.record(z.string(), z.string()).default({}),
  /** Who isn't in it any more, since when, and whether of their own accord. */
  gone: z.record(z.string(), z.object({ at: z.string(), how: z.enum(['left', 'removed']) })).default({}),
  /** What a group was named; `null`: nothing, or no group. */
  name: z.string().nullable().default(null),
  service: ServiceType,
  created_at: z.string(),
  /** When something was last said or changed in it. */
  updated_at: z.string(),
});
export type ChatRecord = z.infer<typeof ChatRecord>;

export const isGroup = (chat: Pick<ChatRecord, 'recipients'>): boolean => chat.recipients.length > 1;

/** The line and everyone in it: whose behaviour counts. */
export const peopleIn = (chat: ChatRecord): string[] => [chat.line, ...chat.recipients];

/** What tells one chat from another: the line and the set of people on the other side. */
export const pairKey = (line: string, recipients: readonly string[]): string =>
  [line, ...[...new Set(recipients)].sort()].join(' ');
