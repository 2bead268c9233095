import { FrameGuard } from './frame-guard';

describe('a socket’s frame limit', () => {
  const kinds = (guard: FrameGuard, frames: number, nowMs: number) =>
    Array.from({ length: frames }, () => guard.next(nowMs).kind);

  it('lets 60 through in one go and 20 a second, warns, and ends a flood', () => {
    const guard = new FrameGuard(1, 0);
    expect(kinds(guard, 60, 0)).not.toContain('warn');
    expect(guard.next(0)).toEqual({ kind: 'warn', retryAfterMs: 50 });
    expect(kinds(guard, 20, 1_000)).not.toContain('warn');
    expect(kinds(guard, 60, 1_000)).not.toContain('end');
    expect(kinds(guard, 2, 1_000)).toContain('end');
  });

  it('is multiplied for load tests', () => {
    expect(kinds(new FrameGuard(1_000, 0), 60_000, 0)).not.toContain('warn');
  });
});
