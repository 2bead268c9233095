import { handOver } from './hand-over';

const all = async <Item>(items: AsyncIterable<Item>): Promise<Item[]> => {
  const got: Item[] = [];
  for await (const item of items) got.push(item);
  return got;
};

describe('handing things over to a reader', () => {
  it('gives them in order, then ends', async () => {
    const items = handOver<number>(new AbortController().signal, async (give) => {
      for (const item of [1, 2, 3]) await give(item);
    });
    expect(await all(items)).toEqual([1, 2, 3]);
  });

  it('holds the giver until the thing has been dealt with', async () => {
    const order: string[] = [];
    const items = handOver<number>(new AbortController().signal, async (give) => {
      for (const item of [1, 2]) {
        await give(item);
        order.push(`given ${item}`);
      }
    });
    for await (const item of items) order.push(`dealt with ${item}`);
    expect(order).toEqual(['dealt with 1', 'given 1', 'dealt with 2', 'given 2']);
  });

  it('throws what the giver throws', async () => {
    const items = handOver<number>(new AbortController().signal, () => Promise.reject(new Error('broken')));
    await expect(all(items)).rejects.toThrow('broken');
  });

  it('lets both go when aborted', async () => {
    const stop = new AbortController();
    const stopped = new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve()));
    const items = handOver<number>(stop.signal, async (give) => {
      await give(1);
      await stopped;
    });
    const got: number[] = [];
    for await (const item of items) {
      got.push(item);
      stop.abort();
    }
    expect(got).toEqual([1]);
  });

  it('lets the giver go when the reader leaves', async () => {
    let givenUp = false;
    const items = handOver<number>(new AbortController().signal, async (give) => {
      await give(1);
      await give(2);
      givenUp = true;
    });
    for await (const item of items) if (item === 1) break;
    await new Promise((resolve) => setImmediate(resolve));
    expect(givenUp).toBe(true);
  });
});
