/** What a piece of work has to undo, the latest first and once: when it is over, when it fails, and at Ctrl-C. */
export class Ending {
  private readonly steps: (() => Promise<unknown>)[] = [];
  private readonly begun = new AbortController();
  private run: Promise<void> | undefined;

  /** Does `work` and undoes what it left with the ending; SIGINT and SIGTERM undo it, too, and end the process. */
  static async of<T>(work: (ending: Ending) => Promise<T>): Promise<T> {
    const ending = new Ending();
    const onSignal = () => {
      // What breaks off from here on does so by our own hand.
      process.on('uncaughtException', () => undefined);
      void ending.undo().finally(() => process.exit(130));
    };
    process.once('SIGINT', onSignal).once('SIGTERM', onSignal);
    try {
      return await work(ending);
    } finally {
      await ending.undo();
      process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
    }
  }

  /** Aborts as soon as the ending begins: what is still starting needn't. */
  get signal(): AbortSignal {
    return this.begun.signal;
  }

  /** A step that fails keeps none of the others from being done. */
  add(step: () => Promise<unknown>): void {
    this.steps.push(step);
  }

  /** Has ended what is only just starting, too. */
  async owns<Server>(starting: Promise<Server>, end: (server: Server) => Promise<unknown>): Promise<Server> {
    this.add(async () => end(await starting));
    return starting;
  }

  private undo(): Promise<void> {
    return (this.run ??= this.undoAll());
  }

  private async undoAll(): Promise<void> {
    this.begun.abort();
    for (const step of this.steps.reverse()) await step().catch(() => undefined);
  }
}
