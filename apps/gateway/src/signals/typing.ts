/** Who types where: each for so many milliseconds, unless it is said again. */
export class Typing {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  constructor(
    private readonly onTimeout: (chatId: string) => void,
    private readonly lastsMs: number,
  ) {}

  started(chatId: string): void {
    clearTimeout(this.timers.get(chatId));
    const timer = setTimeout(() => {
      this.timers.delete(chatId);
      this.onTimeout(chatId);
    }, this.lastsMs);
    this.timers.set(chatId, timer);
  }

  /** Whether there was typing to stop. */
  stopped(chatId: string): boolean {
    clearTimeout(this.timers.get(chatId));
    return this.timers.delete(chatId);
  }

  /** Ends it everywhere, and tells where it was. */
  stopAll(): readonly string[] {
    const chatIds = [...this.timers.keys()];
    for (const chatId of chatIds) this.stopped(chatId);
    return chatIds;
  }
}
