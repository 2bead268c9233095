/** Gathers what comes one by one while the last batch is dealt with, up to a batch; then whoever adds has to wait. */
export class Batches<Item> {
  private items: Item[] = [];
  private ended = false;
  private wakeReader: () => void = () => undefined;
  private wakeWriter: () => void = () => undefined;

  constructor(private readonly size: number) {}

  /** Resolves once there is room for more; false where nobody reads any more. */
  async add(item: Item): Promise<boolean> {
    if (!this.ended) this.items.push(item);
    this.wakeReader();
    while (this.items.length >= this.size && !this.ended) {
      await new Promise<void>((resolve) => (this.wakeWriter = resolve));
    }
    return !this.ended;
  }

  /** What has come since the last batch, as soon as there is something; undefined at the end. */
  async next(): Promise<readonly Item[] | undefined> {
    while (this.items.length === 0 && !this.ended) {
      await new Promise<void>((resolve) => (this.wakeReader = resolve));
    }
    if (this.items.length === 0) return undefined;
    const batch = this.items;
    this.items = [];
    this.wakeWriter();
    return batch;
  }

  /** Nothing more comes in; what is here is still given out. */
  end(): void {
    this.ended = true;
    this.wakeReader();
    this.wakeWriter();
  }
}
