import type { PhoneNumber } from '@claw/contracts';
import { epochMs, type Instant } from '@claw/kernel';
import type { LinqAPIV3 } from '@linqapp/sdk';

const pageSize = 100;
/** A list that is longer than this isn't read to its end. */
const mostPages = 20;

/** Linq's chats with exactly these people; a person can be in many groups, so the list is gone through. Throws. */
export const chatsOf = async (
  client: LinqAPIV3,
  { from, to }: { readonly from: PhoneNumber; readonly to: readonly PhoneNumber[] },
  patienceMs: number,
): Promise<readonly LinqAPIV3.Chat[]> => {
  const [first] = to;
  if (first === undefined) return [];
  const wanted = [from, ...to].sort().join();
  const found: LinqAPIV3.Chat[] = [];
  const bound = boundOf(patienceMs);
  const list = await client.chats.listChats({ from, to: first, limit: pageSize });
  for await (const page of list.iterPages()) {
    found.push(...page.chats.filter((chat) => peopleOf(chat) === wanted));
    if (page.hasNextPage()) bound();
  }
  return found;
};

const peopleOf = ({ handles }: LinqAPIV3.Chat): string =>
  handles
    .filter(({ status }) => status !== 'left' && status !== 'removed')
    .map(({ handle }) => handle)
    .sort()
    .join();

/**
 * A chat's messages that were made since. Linq doesn't say in which order it lists them, so reading ends early only
 * where a page shows that older ones follow. Throws.
 */
export const messagesSince = async (
  client: LinqAPIV3,
  chatId: string,
  since: Instant,
  patienceMs: number,
): Promise<readonly LinqAPIV3.Message[]> => {
  const found: LinqAPIV3.Message[] = [];
  const bound = boundOf(patienceMs);
  const list = await client.chats.messages.list(chatId, { limit: pageSize });
  for await (const page of list.iterPages()) {
    const times = page.messages.map((message) => Date.parse(message.created_at));
    found.push(...page.messages.filter((_, at) => (times[at] ?? 0) >= epochMs(since)));
    const [first = 0, last = 0] = [times.at(0), times.at(-1)];
    if (last < first && last < epochMs(since)) break;
    if (page.hasNextPage()) bound();
  }
  return found;
};

/** Throws once a list has had its share of pages or of time. */
const boundOf = (patienceMs: number): (() => void) => {
  const until = performance.now() + patienceMs;
  let pages = 0;
  return () => {
    pages += 1;
    if (pages === mostPages || performance.now() > until) throw new Error('the list is too long to be read');
  };
};
