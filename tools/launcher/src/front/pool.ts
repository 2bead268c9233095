import { httpAnswers } from '@claw/local-servers';

/** Whether a replica answers: ready for work, alive though a part behind it is down, or not at all. */
export type Condition = 'ready' | 'alive' | 'down';

/** What a replica says of itself; `late` where it took the question and didn't answer in time. */
export type Probe = (origin: string) => Promise<Condition | 'late'>;

/** Asks a replica itself. */
export const probe: Probe = async (origin) => {
  try {
    if (await httpAnswers(`${origin}/health/ready`)) return 'ready';
    return (await httpAnswers(`${origin}/health/live`)) ? 'alive' : 'down';
  } catch (error) {
    return error instanceof Error && error.name === 'TimeoutError' ? 'late' : 'down';
  }
};

/**
 * The replicas of one service, in turn. One that is ready is chosen before one that is merely alive: the latter
 * still answers better than nobody, as it may need nothing of what is down, or says itself what is.
 */
export class Pool {
  private readonly conditions: Map<string, Condition>;
  private turn = 0;

  constructor(
    private readonly origins: readonly string[],
    private readonly ask: Probe = probe,
  ) {
    this.conditions = new Map(origins.map((origin) => [origin, 'down']));
  }

  /** The replica whose turn it is, or nothing where none answers. */
  next(): string | undefined {
    for (const wanted of ['ready', 'alive'] as const) {
      const candidates = this.origins.filter((origin) => this.conditions.get(origin) === wanted);
      if (candidates.length > 0) {
        this.turn = (this.turn + 1) % Number.MAX_SAFE_INTEGER;
        return candidates[this.turn % candidates.length];
      }
    }
    return undefined;
  }

  /** Whether any replica answers. */
  get isUp(): boolean {
    return [...this.conditions.values()].some((condition) => condition !== 'down');
  }

  /** A replica just failed to answer: it gets nothing more until it has been asked anew. */
  markDown(origin: string): void {
    this.conditions.set(origin, 'down');
  }

  /** Asks every replica how it is. */
  async refresh(): Promise<void> {
    await Promise.all(
      this.origins.map(async (origin) => {
        const answer = await this.ask(origin);
        this.conditions.set(origin, answer === 'late' ? this.asLate(origin) : answer);
      }),
    );
  }

  /** One that has much to do is late, not gone: it comes behind those that are ready, and keeps what it has. */
  private asLate(origin: string): Condition {
    return this.conditions.get(origin) === 'down' ? 'down' : 'alive';
  }
}
