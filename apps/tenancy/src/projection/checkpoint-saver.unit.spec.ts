import { silentLog } from '@claw/messaging';
import { eventually } from '@claw/testing';
import { CheckpointSaver } from './checkpoint-saver';

/** A checkpoint whose first writes fail. */
const failing = (times: number) => {
  const tried: string[] = [];
  const written: string[] = [];
  const write = async (place: string) => {
    tried.push(place);
    if (tried.length <= times) throw new Error('down');
    written.push(place);
  };
  return { tried, written, write };
};

describe('a saver of checkpoints', () => {
  it('saves the newest place, not each', async () => {
    const checkpoint = failing(0);
    const saver = new CheckpointSaver(checkpoint, 5, silentLog);
    for (const place of ['1', '2', '3']) saver.advance(place);
    await eventually(() => expect(checkpoint.written).toEqual(['1', '3']));
  });

  it('saves a place whose writing failed, though no event comes after it', async () => {
    const checkpoint = failing(2);
    const saver = new CheckpointSaver(checkpoint, 5, silentLog);
    saver.advance('1');
    await eventually(() => expect(checkpoint.written).toEqual(['1']));
  });

  it('tries once more when it ends, and waits for nothing else', async () => {
    const checkpoint = failing(Infinity);
    const saver = new CheckpointSaver(checkpoint, 60_000, silentLog);
    saver.advance('1');
    await eventually(() => expect(checkpoint.tried).toHaveLength(1));
    await saver.settled();
    expect(checkpoint.tried).toEqual(['1', '1']);
  });
});
