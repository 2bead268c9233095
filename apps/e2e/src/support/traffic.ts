import { Conversation, type Pace } from './conversation';
import type { Platform } from './platform';
import type { SteadyAgent } from './steady-agent';

/** Many conversations at the same time. */
export class Traffic {
  private constructor(private readonly conversations: readonly Conversation[]) {}

  static async on(platform: Platform, conversations: number): Promise<Traffic> {
    const begun = Array.from({ length: conversations }, () => Conversation.begin(platform));
    return new Traffic(await Promise.all(begun));
  }

  get agents(): readonly SteadyAgent[] {
    return this.conversations.map(({ agent }) => agent);
  }

  async goOnUntil(over: AbortSignal, pace: Pace): Promise<void> {
    await Promise.all(this.conversations.map((each) => each.goOnUntil(over, pace)));
  }

  /** Waits until so many more texts of each agent are accepted. */
  async goesOn(texts: number): Promise<void> {
    await Promise.all(this.conversations.map((each) => each.goesOn(texts)));
  }

  /** Waits for all to have arrived, once and in order, and ends the agents. */
  async hasArrived(withinMs: number): Promise<void> {
    for (const each of this.conversations) await each.hasArrived(withinMs);
    await Promise.all(this.conversations.map((each) => each.end()));
  }
}
