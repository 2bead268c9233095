import { z } from 'zod';
import type { Instant } from '@claw/kernel';
import { idOf } from '@claw/kernel';
import { e164Schema, type PhoneNumber } from './phone-number';

export const instantSchema = z
  .custom<Instant>(
    (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
    'must be an ISO 8601 time',
  )
  .meta({ override: { type: 'string', format: 'date-time' } });

/** `routes/<digits>`: who holds a number. A released one stays, marked, so that an older write can't bring it back. */
export const routeEntrySchema = z.object({
  subaccountId: z.string(),
  agencyId: z.string(),
  claimedAt: instantSchema,
  /** The claim's own revision: with it a chat gets its id, so a re-claimed number starts a new chat. */
  claimRevision: z.number().int().min(0),
  released: z.boolean(),
  /** The stream's newest revision. */
  revision: z.number().int().min(0),
});
export type RouteEntry = z.infer<typeof routeEntrySchema>;

/** `chats/<chatId>`. */
export const chatEntrySchema = z.object({
  subaccountId: z.string(),
  agencyId: z.string(),
  participants: z.array(e164Schema),
  sendingNumber: e164Schema,
  /** The claim this chat belongs to; null for a group. */
  claimRevision: z.number().int().min(0).nullable(),
  carrierChatId: z.string().nullable(),
});
export type ChatEntry = z.infer<typeof chatEntrySchema>;

/** Fixed for ever: chat ids are made from it. */
const chatNamespace = '5a0ad8c4-4b0e-4c55-9d9c-5f7d2b7f0f0e';

/** The id of the chat with one number: the same as long as its route lasts. */
export const directChatId = (subaccountId: string, number: PhoneNumber, claimRevision: number): string =>
  idOf(chatNamespace, subaccountId, number, String(claimRevision));

/** The id of a subaccount's group of these people, whoever opened it. */
export const groupChatId = (subaccountId: string, numbers: readonly PhoneNumber[]): string =>
  idOf(chatNamespace, subaccountId, ...[...numbers].sort());
