/** What a step found not to be so. */
export class NotSo extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotSo';
  }
}

/** Goes on only where something is so. */
export function must(so: boolean, otherwise: string): asserts so {
  if (!so) throw new NotSo(otherwise);
}

/** Writes the demo down as it happens. */
export class Transcript {
  private failed = false;

  constructor(private readonly write: (line: string) => void = console.log) {}

  get allTrue(): boolean {
    return !this.failed;
  }

  /** One step: its title, the lines it tells of what happened, and whether it was true. A false one ends the demo. */
  async step<T>(title: string, act: (tell: (line: string) => void) => Promise<T>): Promise<T> {
    this.write(`\n• ${title}`);
    try {
      const value = await act((line) => this.write(`    ${line}`));
      this.write('    ✓');
      return value;
    } catch (error) {
      this.failed = true;
      this.write(`    ✗ ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
  }
}
