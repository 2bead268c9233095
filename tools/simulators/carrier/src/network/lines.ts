import type { Clock } from '@claw/kernel';
import type { LineRecord, LineStatus } from '../model/line';
import type { Table } from '../store/table';
import type { Happenings } from './happenings';

interface Parts {
  readonly lines: Table<LineRecord>;
  readonly happenings: Happenings;
  readonly clock: Clock;
}

/** The standing of our numbers; one of which nothing was said is active. */
export class Lines {
  constructor(private readonly parts: Parts) {}

  statusOf(phone_number: string): LineStatus {
    return this.parts.lines.get(phone_number)?.status ?? 'ACTIVE';
  }

  /** Flags or clears a line, and tells it where that is news. */
  put(phone_number: string, status: LineStatus): void {
    const { lines, happenings, clock } = this.parts;
    const previous = this.statusOf(phone_number);
    if (previous === status) return;
    const line = { phone_number, status, changed_at: clock.now() };
    lines.put(phone_number, line);
    happenings.tell({ type: 'line.changed', line, previous });
  }

  list(): LineRecord[] {
    return [...this.parts.lines.values()];
  }

  reset(): void {
    this.parts.lines.clear();
  }
}
