/**
 * Turns the order of things around within windows: the first `size` of a key come out last first, then the next
 * `size`, and so on. Nothing is drawn by lot, so that a test sees the same in every run.
 */
export class ReorderWindows {
  private readonly windows = new Map<string, string[]>();

  /** Puts an id into the window of its key; answers all of the window, turned around, once it is full. */
  add(key: string, size: number, id: string): readonly string[] {
    const window = [...(this.windows.get(key) ?? []), id];
    this.windows.set(key, window);
    return window.length < size ? [] : this.release(key);
  }

  /** All that waits in the window of a key, turned around. */
  release(key: string): readonly string[] {
    const window = this.windows.get(key) ?? [];
    this.windows.delete(key);
    return window.reverse();
  }

  clear(): void {
    this.windows.clear();
  }
}
