/** Work to be done at a time, one piece a key; planning a key anew replaces what was planned. */
export class Schedule {
  private readonly timers = new Map<string, NodeJS.Timeout>();

  /** @param at ISO time; one that has passed means as soon as may be */
  at(key: string, at: string, work: () => void): void {
    clearTimeout(this.timers.get(key));
    const timer = setTimeout(
      () => {
        this.timers.delete(key);
        work();
      },
      Math.max(0, Date.parse(at) - Date.now()),
    );
    this.timers.set(key, timer);
  }

  cancel(key: string): void {
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
  }

  clear(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }
}
