/** Typing that goes on is told again after so long; typing that rests for so long has stopped. */
const RENEW_MS = 20_000;
const REST_MS = 8_000;

/** Tells the other side that somebody types, no more often than it has to be told. */
export class TypingSign {
  private toldAt: number | undefined;
  private rest: number | undefined;

  constructor(private readonly tell: (state: 'started' | 'stopped') => void) {}

  keyPressed(): void {
    clearTimeout(this.rest);
    this.rest = window.setTimeout(() => this.stop(), REST_MS);
    if (this.toldAt !== undefined && Date.now() - this.toldAt < RENEW_MS) return;
    this.toldAt = Date.now();
    this.tell('started');
  }

  stop(): void {
    if (this.toldAt === undefined) return;
    this.forget();
    this.tell('stopped');
  }

  /** The message was sent: the carrier takes the dots down with it. */
  forget(): void {
    clearTimeout(this.rest);
    this.toldAt = undefined;
  }
}
