import { replayStart } from './sync-request';

const kept = { epoch: 'now', firstSeq: 100, firstMs: Date.parse('2030-01-02T00:00:00Z') };
const whole = { ...kept, firstSeq: 1 };
const sync = { type: 'sync' } as const;

describe('where a replay begins', () => {
  it.each([
    ['after a seq of this life', { after_seq: 150, epoch: 'now' }, kept, { from: { seq: 151 }, gap: false }],
    ['after the last one that was dropped', { after_seq: 99 }, kept, { from: { seq: 100 }, gap: false }],
    ['after an older one than is kept', { after_seq: 98 }, kept, { from: { seq: 99 }, gap: true }],
    [
      'at the beginning, where nothing was dropped yet',
      { after_seq: 0 },
      whole,
      { from: { seq: 1 }, gap: false },
    ],
    [
      'at the beginning, after a seq of another life',
      { after_seq: 150, epoch: 'then' },
      whole,
      { from: { seq: 1 }, gap: true },
    ],
    [
      'at a time that is kept',
      { since: '2030-01-03T01:00:00+01:00' },
      kept,
      { from: { time: '2030-01-03T00:00:00.000Z' }, gap: false },
    ],
    [
      'at a time before what is kept',
      { since: '2030-01-01T00:00:00Z' },
      kept,
      { from: { time: '2030-01-01T00:00:00.000Z' }, gap: true },
    ],
    [
      'at any time, where nothing was dropped yet',
      { since: '2020-01-01T00:00:00Z' },
      whole,
      { from: { time: '2020-01-01T00:00:00.000Z' }, gap: false },
    ],
  ])('%s', (_what, asked, state, start) => {
    expect(replayStart({ ...sync, ...asked }, state)).toEqual(start);
  });
});
