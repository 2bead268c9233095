import type { ReplicaStore } from '@claw/messaging';

interface Revised {
  readonly revision: number;
}

/** A copy in memory that takes an older value for nothing: it is fed by a watch and by what this process wrote itself. */
export class NewestStore<V extends Revised> implements ReplicaStore<V> {
  private readonly values = new Map<string, V>();

  /** Hears of every change: what was there before, and what is there now. */
  constructor(
    private readonly changed: (before: V | undefined, after: V | undefined) => void = () => undefined,
  ) {}

  get size(): number {
    return this.values.size;
  }

  get(key: string): V | undefined {
    return this.values.get(key);
  }

  set(key: string, value: V): void {
    const before = this.values.get(key);
    if (before && before.revision > value.revision) return;
    this.values.set(key, value);
    this.changed(before, value);
  }

  delete(key: string): void {
    const before = this.values.get(key);
    this.values.delete(key);
    this.changed(before, undefined);
  }

  keys(): Iterable<string> {
    return this.values.keys();
  }
}
