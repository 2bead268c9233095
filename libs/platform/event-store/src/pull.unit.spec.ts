import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { Pull } from './pull';

const open = () => {
  const stream = new PassThrough({ objectMode: true });
  const cancel = jest.fn(() => Promise.resolve());
  return { stream, cancel, pull: new Pull<number>(stream, cancel) };
};

describe('pulling from a stream', () => {
  it('gives the elements in order, then the end', async () => {
    const { stream, pull } = open();
    stream.write(1);
    stream.end(2);
    expect(await pull.next()).toEqual({ kind: 'element', element: 1 });
    expect(await pull.next()).toEqual({ kind: 'element', element: 2 });
    expect(await pull.next()).toEqual({ kind: 'end' });
  });

  it('gives a mark after exactly what had arrived before it', async () => {
    const { stream, pull } = open();
    stream.write(1);
    stream.write(2);
    pull.mark();
    stream.write(3);
    const kinds = [];
    for (let taken = 0; taken < 4; taken += 1) kinds.push((await pull.next()).kind);
    expect(kinds).toEqual(['element', 'element', 'mark', 'element']);
  });

  it('wakes for a mark where nothing is left to take', async () => {
    const { pull } = open();
    const next = pull.next();
    pull.mark();
    expect(await next).toEqual({ kind: 'mark' });
  });

  it('gives what had arrived before a failure, then the failure', async () => {
    const { stream, pull } = open();
    stream.write(1);
    stream.emit('error', new Error('gone'));
    expect(await pull.next()).toEqual({ kind: 'element', element: 1 });
    await expect(pull.next()).rejects.toThrow('gone');
  });

  it('survives a failure that is reported after it was closed', () => {
    const { stream, pull } = open();
    pull.close();
    expect(() => stream.emit('error', new Error('late'))).not.toThrow();
  });

  it('ends the call and a waiting reader when it is closed', async () => {
    const { pull, cancel } = open();
    const next = pull.next();
    pull.close();
    expect(await next).toEqual({ kind: 'end' });
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  it('lets what had arrived run off when it is closed', async () => {
    const { stream, pull } = open();
    for (let n = 1; n <= 10; n += 1) stream.write(n);
    stream.end();
    await pull.next();
    const over = once(stream, 'end');
    pull.close();
    await over;
    expect(await pull.next()).toEqual({ kind: 'end' });
  });

  it('lets the stream fill no further than its own buffer while nobody takes', () => {
    const { stream } = open();
    let written = 0;
    while (stream.write(written) && written < 1_000) written += 1;
    expect(written).toBeLessThan(1_000);
  });
});
