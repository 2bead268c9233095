import { ANY, NO_STREAM, STREAM_EXISTS } from '@eventstore/db-client';
import type { AppendExpectedRevision } from '@eventstore/db-client';

export type Outcome = 'done' | 'wrong-expected-version' | 'stream-deleted';

interface Limits {
  readonly maxCount?: number;
  readonly truncateBefore?: number;
}

/** What a stream ought to be after any number of operations, in as few words as possible. */
export class StreamModel {
  /** All that was ever appended, by revision. */
  private readonly events: number[] = [];
  private limits: Limits = {};
  private described = false;
  private deleted = false;
  private tombstoned = false;

  get last(): number {
    return this.events.length - 1;
  }

  append(numbers: readonly number[], expected: AppendExpectedRevision): Outcome {
    const outcome = this.check(expected);
    if (outcome !== 'done') return outcome;
    if (this.deleted) this.revive();
    this.events.push(...numbers);
    return 'done';
  }

  /** The same events again, with the same expectation as when they were taken. */
  retry(expected: AppendExpectedRevision): Outcome {
    return this.tombstoned || (this.deleted && expected === STREAM_EXISTS) ? 'stream-deleted' : 'done';
  }

  delete(expected: AppendExpectedRevision): Outcome {
    const outcome = this.check(expected);
    if (outcome !== 'done') return outcome;
    if (this.last < 0 && !this.described) return 'wrong-expected-version';
    this.deleted = true;
    this.described = true;
    this.limits = {};
    return 'done';
  }

  tombstone(): Outcome {
    if (this.tombstoned) return 'stream-deleted';
    this.tombstoned = true;
    return 'done';
  }

  describe(limits: Limits): Outcome {
    if (this.tombstoned) return 'stream-deleted';
    this.limits = limits;
    this.described = true;
    if (this.deleted) this.revive();
    return 'done';
  }

  read(): readonly number[] | 'stream-not-found' | 'stream-deleted' {
    if (this.tombstoned) return 'stream-deleted';
    if (this.deleted || this.last < 0) return 'stream-not-found';
    const { maxCount = Infinity, truncateBefore = 0 } = this.limits;
    return this.events.slice(Math.max(0, truncateBefore, this.events.length - maxCount));
  }

  private check(expected: AppendExpectedRevision): Outcome {
    if (this.tombstoned) return 'stream-deleted';
    if (expected === ANY) return 'done';
    if (expected === STREAM_EXISTS) {
      if (this.deleted) return 'stream-deleted';
      return this.last >= 0 || this.described ? 'done' : 'wrong-expected-version';
    }
    if (expected === NO_STREAM) return this.last < 0 || this.deleted ? 'done' : 'wrong-expected-version';
    return expected === BigInt(this.last) ? 'done' : 'wrong-expected-version';
  }

  private revive(): void {
    this.deleted = false;
    this.limits = { ...this.limits, truncateBefore: this.events.length };
  }
}
