import { Ending } from './ending';

describe('an ending', () => {
  it('undoes the latest first, once, also after a failure, and past a step that fails', async () => {
    const undone: string[] = [];
    const work = Ending.of(async (ending) => {
      ending.add(async () => void undone.push('folder'));
      ending.add(() => Promise.reject(new Error('gone already')));
      await ending.owns(Promise.resolve('server'), async (server) => void undone.push(server));
      throw new Error('the work broke off');
    });
    await expect(work).rejects.toThrow('the work broke off');
    expect(undone).toEqual(['server', 'folder']);
  });

  it('ends what was only just starting, having told it to give up', async () => {
    const undone: string[] = [];
    await Ending.of(async (ending) => {
      const starting = new Promise<string>((resolve) => {
        ending.signal.addEventListener('abort', () => resolve('late server'));
      });
      void ending.owns(starting, async (server) => void undone.push(server));
    });
    expect(undone).toEqual(['late server']);
  });

  it('leaves no listener behind', async () => {
    const before = process.listenerCount('SIGINT');
    await Ending.of(async () => expect(process.listenerCount('SIGINT')).toBe(before + 1));
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
