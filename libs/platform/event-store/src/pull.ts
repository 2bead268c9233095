/** The part of a readable stream that a {@link Pull} uses. */
export interface PullSource {
  readonly readableLength: number;
  read(): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'end' | 'close' | 'readable', listener: () => void): unknown;
  removeAllListeners(event: 'readable'): unknown;
  resume(): unknown;
}

/** What a {@link Pull} gives next. */
export type Pulled<Element> =
  | { readonly kind: 'element'; readonly element: Element }
  | { readonly kind: 'mark' }
  | { readonly kind: 'end' };

/**
 * Takes the elements of one of the client's streams one by one, so that nothing more is fetched than is asked for.
 * The client's streams report a failure without ending and don't end when they are cancelled, which the plain async
 * iterator answers with a crash or a wait for ever; this gives what had arrived, then throws or ends.
 */
export class Pull<Element> {
  private taken = 0;
  private readonly marks: number[] = [];
  private failure: Error | undefined;
  private ended = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly stream: PullSource,
    private readonly cancel: () => Promise<void>,
  ) {
    // Kept for good: a failure that is reported after the last read has to find a listener, or ends the process.
    stream.on('error', (error: Error) => {
      this.failure ??= error;
      this.wake();
    });
    stream.on('end', () => this.end());
    stream.on('close', () => this.end());
    stream.on('readable', () => this.wake());
  }

  /** Sets a mark behind what has arrived by now: it comes out once all of that was taken. */
  mark(): void {
    this.marks.push(this.taken + this.stream.readableLength);
    this.wake();
  }

  async next(): Promise<Pulled<Element>> {
    for (;;) {
      if (this.marks[0] !== undefined && this.marks[0] <= this.taken) {
        this.marks.shift();
        return { kind: 'mark' };
      }
      const element = this.ended ? null : (this.stream.read() as Element | null);
      if (element !== null) {
        this.taken += 1;
        return { kind: 'element', element };
      }
      if (this.failure) throw this.failure;
      if (this.ended) return { kind: 'end' };
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  /**
   * Ends the call behind it; a waiting `next` answers `end`. What has already arrived runs off unseen: a call whose
   * last messages nobody takes never counts as over, and the client would wait for it when it is closed.
   */
  close(): void {
    this.end();
    this.cancel().catch(() => undefined);
    this.stream.removeAllListeners('readable');
    this.stream.resume();
  }

  private end(): void {
    this.ended = true;
    this.wake();
  }
}
