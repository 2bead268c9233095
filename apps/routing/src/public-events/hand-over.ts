/**
 * What `produce` gives, one thing at a time: `give` resolves once the reader asks for the next. Ends when aborted;
 * throws what `produce` throws.
 */
export async function* handOver<Item>(
  signal: AbortSignal,
  produce: (give: (item: Item) => Promise<void>) => Promise<void>,
): AsyncGenerator<Item, void, void> {
  let offered: { readonly item: Item; readonly taken: () => void } | undefined;
  let ended = signal.aborted;
  let wake: () => void = () => undefined;
  const end = () => {
    ended = true;
    offered?.taken();
    wake();
  };
  signal.addEventListener('abort', end, { once: true });
  const producing = produce(
    (item) =>
      new Promise((taken) => {
        if (ended) return taken();
        offered = { item, taken };
        wake();
      }),
  ).finally(end);
  producing.catch(() => undefined);
  try {
    for (;;) {
      if (offered !== undefined) {
        const { item, taken } = offered;
        yield item;
        offered = undefined;
        taken();
      } else if (ended) break;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
    await producing;
  } finally {
    signal.removeEventListener('abort', end);
    end();
  }
}
