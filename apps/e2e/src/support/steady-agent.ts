import { setTimeout as pause } from 'node:timers/promises';
import { Agent, type Frame } from './agent';

/** A time without a socket: how long it was told to stay away, where it was told anything, and how long it was. */
export interface Absence {
  readonly toldMs: number | undefined;
  readonly lastedMs: number;
}

/**
 * An agent as a careful developer writes it: it comes back when it is told to, asks for what it missed, and sends again
 * what is unsure.
 */
export class SteadyAgent {
  readonly absences: Absence[] = [];
  /** Every message it was ever given, by the id it came with; the count says how many distinct `seq` carried it. */
  readonly received = new Map<string, { readonly text: string; readonly seqs: Set<number> }>();
  private agent: Agent | undefined;
  private read = 0;

  constructor(
    private readonly socketUrl: () => Promise<string>,
    private readonly key: string,
  ) {}

  /** Sends until it is accepted; the same id and content, so that it is accepted once. */
  async text(id: string, to: string, value: string, withinMs: number): Promise<void> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      try {
        const agent = await this.connected();
        const before = agent.frames.length;
        agent.send({ type: 'send', id, to, parts: [{ type: 'text', value }] });
        const isAnswer = (frame: Frame) => frame['id'] === id && agent.frames.indexOf(frame) >= before;
        const ended = agent.ended.then(() => {
          throw new Error('the socket was closed');
        });
        const result = await Promise.race([agent.first('send.result', isAnswer, 4_000), ended]);
        if (result['ok'] === true) return;
        throw new Error(`refused: ${JSON.stringify(result)}`);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await pause(100);
      }
    }
  }

  /** Reads what has come so far. */
  async catchUp(): Promise<void> {
    const agent = await this.connected();
    for (; this.read < agent.frames.length; this.read += 1) {
      const frame = agent.frames[this.read];
      if (frame?.type !== 'message') continue;
      const id = String(frame['messageId']);
      const known = this.received.get(id) ?? { text: String(frame['text']), seqs: new Set<number>() };
      known.seqs.add(Number(frame['seq']));
      this.received.set(id, known);
    }
  }

  async close(): Promise<void> {
    await this.agent?.close();
  }

  private async connected(): Promise<Agent> {
    if (this.agent !== undefined && this.agent.closed === undefined) return this.agent;
    const before = this.agent;
    const toldMs = before?.frames.findLast(({ type }) => type === 'draining')?.['reconnect_after_ms'];
    const backAt = (before?.closed?.at ?? 0) + Number(toldMs ?? 0);
    await pause(Math.max(0, backAt - performance.now()));
    const agent = await Agent.connect(await this.socketUrl(), this.key);
    if (before?.closed !== undefined) {
      const lastedMs = performance.now() - before.closed.at;
      this.absences.push({ toldMs: toldMs === undefined ? undefined : Number(toldMs), lastedMs });
    }
    this.agent = agent;
    this.read = 0;
    // From the very start each time, also before its first connection: what it knows is recognised by its seq.
    agent.send({ type: 'sync', after_seq: 0 });
    return agent;
  }
}
