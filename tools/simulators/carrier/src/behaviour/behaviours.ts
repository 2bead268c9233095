import type { Table } from '../store/table';
import {
  type Behaviour,
  type BehaviourChange,
  BehaviourSetting,
  DEFAULT_BEHAVIOUR,
} from './behaviour.schema';

const ALL = '*';

/** What may be limited to a number of times and is then used up. */
export type Countable = 'fail' | 'fail_lists' | 'undeliverable' | 'timeout';

/** What isn't given stays, what is `null` goes. */
const merge = (before: object, change: object): object => {
  const given = Object.entries(change).filter(([, value]) => value !== undefined);
  const merged = Object.entries({ ...before, ...Object.fromEntries(given) });
  return Object.fromEntries(merged.filter(([, value]) => value !== null));
};

/**
 * How the carrier is told to behave. For a request all that was said is taken together: the default, then what
 * holds for all, for the line, and for each recipient, the later one winning field by field. Survives a restart.
 */
export class Behaviours {
  private readonly listeners = new Set<() => void>();

  constructor(private readonly settings: Table<BehaviourSetting>) {}

  /** Applies the change and answers what is now said of that number, or of all. */
  change({ handle = ALL, delays, ...fields }: BehaviourChange): BehaviourSetting {
    const before = this.settings.get(handle) ?? { handle, delays: {} };
    const setting = BehaviourSetting.parse({
      ...merge(before, fields),
      delays: delays === null ? {} : merge(before.delays, delays ?? {}),
    });
    this.settings.put(handle, setting);
    this.changed();
    return setting;
  }

  list(): BehaviourSetting[] {
    return [...this.settings.values()];
  }

  /** @param handles the line first, then the recipients; none: what holds for all */
  effective(handles: readonly string[] = []): Behaviour {
    return this.said(handles).reduceRight<Behaviour>(
      (behaviour, said) => ({ ...behaviour, ...said, delays: { ...behaviour.delays, ...said.delays } }),
      DEFAULT_BEHAVIOUR,
    );
  }

  /** Uses up one of the times that were asked for; the last one ends it. */
  spend(kind: Countable, handles: readonly string[]): void {
    const setting = this.said(handles).find((said) => said[kind] !== undefined);
    const limited = setting?.[kind];
    if (setting === undefined || typeof limited !== 'object' || limited.times === undefined) return;
    const left = limited.times - 1;
    this.change({ handle: setting.handle, [kind]: left === 0 ? null : { ...limited, times: left } });
  }

  /** Called after every change, so that what was held back can be looked at again. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  reset(): void {
    this.settings.clear();
    this.changed();
  }

  /** What was said, the most specific first. */
  private said(handles: readonly string[]): BehaviourSetting[] {
    return [ALL, ...handles]
      .reverse()
      .map((handle) => this.settings.get(handle))
      .filter((setting) => setting !== undefined);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}
