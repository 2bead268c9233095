/** Tells those who wait that there is something new to look at; what it is they read for themselves. */
export class Wakeup {
  readonly #waiting = new Set<() => void>();

  /** Resolves at the next {@link pulse}, or when `signal` is aborted. */
  next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }

  pulse(): void {
    for (const wake of [...this.#waiting]) wake();
  }
}
