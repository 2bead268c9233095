import { Unavailable } from '@claw/kernel';
import DataLoader from 'dataloader';

/**
 * Makes one question of many: what is asked for while an answer is under way is asked for together next, `most` at a
 * time, and alone at once where nothing is. `ask` answers in the order of its items. Where a group fails by something
 * other than `Unavailable`, each of its items is asked for by itself, so that a bad one fails alone.
 */
export const inGroups = <Item, Answer>(
  ask: (items: readonly Item[]) => Promise<readonly Answer[]>,
  most = 100,
): ((item: Item) => Promise<Answer>) => {
  let underWay: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader<Item, Answer>(
    (items) => {
      const answers = askOrSplit(ask, items);
      underWay = answers.catch(() => undefined);
      return answers;
    },
    { cache: false, maxBatchSize: most, batchScheduleFn: (go) => void underWay.then(go) },
  );
  return (item) => loader.load(item);
};

const askOrSplit = async <Item, Answer>(
  ask: (items: readonly Item[]) => Promise<readonly Answer[]>,
  items: readonly Item[],
): Promise<readonly (Answer | Error)[]> => {
  try {
    return await ask(items);
  } catch (error) {
    if (error instanceof Unavailable || items.length === 1) throw error;
    const each = await Promise.allSettled(items.map(async (item) => (await ask([item]))[0] as Answer));
    return each.map((settled) => (settled.status === 'fulfilled' ? settled.value : asError(settled.reason)));
  }
};

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
