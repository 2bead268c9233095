import { z } from 'zod';
import { ServiceType } from './service';

/** A thread between one of our lines and one customer, or several in a group. */
export const ChatRecord = z.object({
  id: z.string(),
  line: z.string(),
  recipients: z.array(z.string()),
  service: ServiceType,
  created_at: z.string(),
  updated_at: z.string(),
});
export type ChatRecord = z.infer<typeof ChatRecord>;

export const isGroup = (chat: Pick<ChatRecord, 'recipients'>): boolean => chat.recipients.length > 1;

/** What tells one chat from another: the line and the set of people on the other side. */
export const pairKey = (line: string, recipients: readonly string[]): string =>
  [line, ...[...new Set(recipients)].sort()].join(' ');
