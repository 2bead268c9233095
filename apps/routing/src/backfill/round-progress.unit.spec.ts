import { type Instant, instant, plusMs } from '@claw/kernel';
import { RoundProgress } from './round-progress';

const after = instant('2030-01-01T12:00:00Z');
const later = (seconds: number): Instant => plusMs(after, seconds * 1_000);
const read = { events: 1, complete: true };
const begin = ({ gapless = true, events = 10, ms = 60_000 } = {}) =>
  new RoundProgress(after, gapless, { events, ms });

describe('how far a round has come', () => {
  it('is as far as the chats that were read, and to when it began once all were', () => {
    const progress = begin();
    expect(progress.until).toBe(after);
    progress.add(read, later(1));
    progress.add(read, later(2));
    expect(progress.until).toBe(later(2));
    progress.add(read);
    expect(progress.until).toBe(later(2));
    progress.finish(later(9));
    expect(progress.until).toBe(later(9));
  });

  it('never goes back, though chats from before are read again', () => {
    const progress = begin();
    progress.add(read, later(-60));
    expect(progress.until).toBe(after);
    progress.finish(later(-60));
    expect(progress.until).toBe(after);
  });

  it('is not beyond a chat that wasn’t read to its end, whatever comes then', () => {
    const progress = begin();
    progress.add(read, later(1));
    progress.add({ events: 1, complete: false }, later(2));
    progress.add(read, later(3));
    progress.finish(later(9));
    expect(progress.until).toBe(later(1));
  });

  it('is nothing where the chats weren’t all listed', () => {
    const progress = begin({ gapless: false });
    progress.add(read, later(1));
    progress.finish(later(9));
    expect(progress.until).toBe(after);
  });

  it('is enough for one round after so many events, or so much time', () => {
    const progress = begin({ events: 2 });
    progress.add(read);
    expect(progress.spent).toBe(false);
    progress.add(read);
    expect(progress.spent).toBe(true);
    expect(begin({ ms: -1 }).spent).toBe(true);
  });
});
