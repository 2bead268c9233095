/** Looks again when told to: many calls at once become one look under way and one after it. */
export class Refresher {
  private looking = false;
  private stale = false;

  /**
   * @param look never rejects
   * @param restMs how long to rest between two looks
   */
  constructor(
    private readonly look: () => Promise<void>,
    private readonly restMs = 0,
  ) {}

  refresh(): void {
    this.stale = true;
    if (!this.looking) void this.run();
  }

  private async run(): Promise<void> {
    this.looking = true;
    while (this.stale) {
      this.stale = false;
      await this.look();
      if (this.restMs > 0) await new Promise((done) => window.setTimeout(done, this.restMs));
    }
    this.looking = false;
  }
}
