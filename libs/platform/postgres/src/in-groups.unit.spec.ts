import { Unavailable } from '@claw/kernel';
import { inGroups } from './in-groups';

/** Answers when it is let; remembers what was asked together. */
const slowly = (fails: (item: number) => Error | undefined = () => undefined) => {
  const groups: number[][] = [];
  const waiting: (() => void)[] = [];
  const ask = async (items: readonly number[]): Promise<readonly string[]> => {
    groups.push([...items]);
    await new Promise<void>((resolve) => waiting.push(resolve));
    const failure = items.map(fails).find((error) => error !== undefined);
    if (failure !== undefined) throw failure;
    return items.map((item) => `answer ${item}`);
  };
  const answerAll = async () => {
    for (let idle = 0; idle < 10; idle += 1) {
      if (waiting.length > 0) idle = 0;
      waiting.splice(0).forEach((go) => go());
      await new Promise(setImmediate);
    }
  };
  return { groups, ask, answerAll };
};

describe('what is asked in groups', () => {
  it('goes alone at once, and together with all else that comes while an answer is under way', async () => {
    const { groups, ask, answerAll } = slowly();
    const load = inGroups(ask);
    const first = load(1);
    await new Promise(setImmediate);
    const others = [load(2), load(3)];
    await new Promise(setImmediate);
    others.push(load(4));
    expect(groups).toEqual([[1]]);
    await answerAll();
    expect(await Promise.all([first, ...others])).toEqual(['answer 1', 'answer 2', 'answer 3', 'answer 4']);
    expect(groups).toEqual([[1], [2, 3, 4]]);
  });

  it('is no more at a time than it may be', async () => {
    const { groups, ask, answerAll } = slowly();
    const load = inGroups(ask, 2);
    const all = Promise.all([1, 2, 3, 4, 5].map((item) => load(item)));
    await answerAll();
    expect(await all).toHaveLength(5);
    expect(groups.map((group) => group.length)).toEqual([2, 2, 1]);
  });

  it('fails alone where it is at fault', async () => {
    const { ask, answerAll } = slowly((item) => (item === 2 ? new Error('two is bad') : undefined));
    const load = inGroups(ask);
    const all = Promise.allSettled([1, 2, 3].map((item) => load(item)));
    await answerAll();
    expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('fails together, and is asked for once, where nobody is there to answer', async () => {
    const { groups, ask, answerAll } = slowly(() => new Unavailable('postgres'));
    const load = inGroups(ask);
    const all = Promise.allSettled([1, 2].map((item) => load(item)));
    await answerAll();
    expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(groups).toHaveLength(1);
    const after = Promise.allSettled([load(3)]);
    await answerAll();
    expect(await after).toMatchObject([{ reason: expect.any(Unavailable) as Unavailable }]);
  });
});
