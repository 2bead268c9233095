import { Typing } from './typing';

describe('typing', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('ends by itself after its time, counted from the last time it was said', () => {
    const ended: string[] = [];
    const typing = new Typing((chatId) => ended.push(chatId), 60_000);
    typing.started('chat');
    jest.advanceTimersByTime(59_000);
    typing.started('chat');
    jest.advanceTimersByTime(59_000);
    expect(ended).toEqual([]);
    jest.advanceTimersByTime(1_000);
    expect(ended).toEqual(['chat']);
  });

  it('is stopped once, and then does not end by itself any more', () => {
    const ended: string[] = [];
    const typing = new Typing((chatId) => ended.push(chatId), 60_000);
    typing.started('chat');
    expect([typing.stopped('chat'), typing.stopped('chat')]).toEqual([true, false]);
    jest.advanceTimersByTime(120_000);
    expect(ended).toEqual([]);
  });

  it('ends everywhere at once, and tells where', () => {
    const typing = new Typing(() => undefined, 60_000);
    typing.started('one');
    typing.started('other');
    expect(typing.stopAll()).toEqual(['one', 'other']);
    expect(typing.stopAll()).toEqual([]);
  });
});
