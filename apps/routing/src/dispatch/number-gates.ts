import { Gate } from '../database/gate';

/** Lets a set number of requests from each sending number run at once: one in trouble keeps only its own waiting. */
export class NumberGates {
  private readonly gates = new Map<string, Gate>();

  constructor(private readonly width: number) {}

  async run<T>(number: string, work: () => Promise<T>): Promise<T> {
    const gate = this.gates.get(number) ?? new Gate(this.width);
    this.gates.set(number, gate);
    try {
      return await gate.run(work);
    } finally {
      if (gate.idle) this.gates.delete(number);
    }
  }
}
