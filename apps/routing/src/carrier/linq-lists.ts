import type { PhoneNumber } from '@claw/contracts';
import { epochMs, type Instant } from '@claw/kernel';
import type { LinqAPIV3 } from '@linqapp/sdk';

export const pageSize = 100;
/** A list that is longer than this isn't read to its end while a message waits for what it says. */
const mostPages = 20;

/** How far a list is read. */
export interface ReadingBound {
  readonly pages: number;
  readonly patienceMs: number;
}

/** A list of the SDK's. */
interface Pages<Item> {
  iterPages(): AsyncIterable<{ getPaginatedItems(): Item[]; hasNextPage(): boolean }>;
}

/**
 * The items of a list back to a moment; some older ones may be among them. Linq doesn't say in which order it lists,
 * so reading ends early only where a page shows that older ones follow. Throws what the SDK throws.
 */
export const readBackTo = async <Item>(
  moment: Instant,
  list: PromiseLike<Pages<Item>>,
  timeOf: (item: Item) => string,
  { pages: most, patienceMs }: ReadingBound,
): Promise<{ readonly items: readonly Item[]; readonly complete: boolean }> => {
  const items: Item[] = [];
  const until = performance.now() + patienceMs;
  let pages = 0;
  for await (const page of (await list).iterPages()) {
    const found = page.getPaginatedItems();
    items.push(...found);
    pages += 1;
    if (!page.hasNextPage() || endsBefore(moment, found.map(timeOf))) return { items, complete: true };
    if (pages === most || performance.now() > until) return { items, complete: false };
  }
  return { items, complete: true };
};

/** Whether times come newest first, and the last of them is before a moment. */
const endsBefore = (moment: Instant, times: readonly string[]): boolean => {
  const ms = times.map((time) => Date.parse(time));
  const [first = 0, last = 0] = [ms.at(0), ms.at(-1)];
  const newestFirst = last < first && ms.every((time, at) => time <= (ms[at - 1] ?? time));
  return newestFirst && last < epochMs(moment);
};

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

/** A chat's messages that were made since. Throws, also where the list is too long. */
export const messagesSince = async (
  client: LinqAPIV3,
  chatId: string,
  since: Instant,
  patienceMs: number,
): Promise<readonly LinqAPIV3.Message[]> => {
  const list = client.chats.messages.list(chatId, { limit: pageSize });
  const bound = { pages: mostPages, patienceMs };
  const { items, complete } = await readBackTo(since, list, (message) => message.created_at, bound);
  if (!complete) throw new Error('the list is too long to be read');
  return items.filter((message) => Date.parse(message.created_at) >= epochMs(since));
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
