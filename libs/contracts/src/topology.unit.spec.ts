import { randomUUID } from 'node:crypto';
import { partitionCount, partitionOf, subjects } from './topology';

describe('partitions of OUTBOUND', () => {
  it('are the same for a chat wherever it is asked', () => {
    expect(partitionOf('6f1c8f0e-7d0e-5a43-9a3f-0d6f6f1b2a11')).toBe(
      partitionOf('6f1c8f0e-7d0e-5a43-9a3f-0d6f6f1b2a11'),
    );
  });

  it('share the chats about evenly', () => {
    const counts = new Array<number>(partitionCount).fill(0);
    for (let index = 0; index < 64_000; index += 1) {
      const partition = partitionOf(randomUUID());
      counts[partition] = (counts[partition] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(700);
    expect(Math.max(...counts)).toBeLessThan(1_300);
  });

  it('are part of the subject', () => {
    const chatId = randomUUID();
    expect(subjects.outbound(chatId, 'sub')).toBe(`outbound.${partitionOf(chatId)}.sub`);
  });
});
