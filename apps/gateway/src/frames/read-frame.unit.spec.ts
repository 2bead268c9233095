import fc from 'fast-check';
import { glance, readFrame } from './read-frame';

const send = { type: 'send', id: '1', to: '+15551234567', parts: [{ type: 'text', value: 'Hi' }] };

describe('reading a frame', () => {
  it('takes a send as the mission page shows it, and ignores fields it doesn’t know', () => {
    const read = readFrame(JSON.stringify({ ...send, service: 'iMessage', colour: 'blue' }));
    expect(read).toEqual({ type: 'send', frame: { ...send, to: [send.to], service: 'iMessage' } });
  });

  it.each(['typing.start', 'typing.stop', 'read'] as const)(
    'takes %s as a sign of life in a chat',
    (type) => {
      expect(readFrame(JSON.stringify({ type, to: '(555) 123-4567' }))).toEqual({
        type: 'signal',
        frame: { type, to: '+15551234567' },
      });
    },
  );

  it('takes a reaction as one to add unless it is to be removed', () => {
    const frame = { type: 'reaction', id: '1', messageId: 'm', reactionType: 'love' };
    expect(readFrame(JSON.stringify(frame))).toEqual({
      type: 'reaction',
      frame: { ...frame, remove: false },
    });
  });

  it('brings a number into E.164', () => {
    expect(readFrame(JSON.stringify({ ...send, to: '(555) 123-4567' }))).toMatchObject({
      frame: { to: ['+15551234567'] },
    });
  });

  it.each([
    ['a send that is wrong, by its id', { ...send, parts: [] }, { id: '1', answer: 'send.result' }],
    ['a send without a usable id, as no send', { ...send, id: 7 }, { id: undefined, answer: 'error' }],
    ['an id that is too long, as none', { ...send, id: 'x'.repeat(256) }, { id: undefined, answer: 'error' }],
    [
      'a send with NUL in its text',
      { ...send, parts: [{ type: 'text', value: 'a\0b' }] },
      { answer: 'send.result' },
    ],
    [
      'a sync from beyond the calendar',
      { type: 'sync', since: '9999-12-31T23:59:59-23:59' },
      { answer: 'error' },
    ],
    [
      'a reaction with another name, by its id',
      { type: 'reaction', id: '1', messageId: 'm', reactionType: 'shrug' },
      { id: '1', answer: 'reaction.result' },
    ],
    ['typing to nobody', { type: 'typing.start' }, { answer: 'error' }],
    ['an unknown type', { type: 'dance', id: 'x' }, { id: 'x', answer: 'error', why: 'unknown frame type' }],
    ['a type that is no text', { type: 7 }, { answer: 'error', why: 'a frame must have a type' }],
  ])('refuses %s', (_what, frame, expected) => {
    expect(readFrame(JSON.stringify(frame))).toMatchObject({ type: 'invalid', ...expected });
  });

  it('tells of one fault, however many there are', () => {
    const parts = Array.from({ length: 40 }, () => ({ type: 'text', value: '' }));
    const read = readFrame(JSON.stringify({ ...send, parts }));
    expect(read).toMatchObject({
      type: 'invalid',
      why: expect.stringMatching(/^parts\.0\.value: .{1,200}$/),
    });
  });

  it('never throws, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map((json) => `{"type":"send","id":"1","parts":${json}}`),
        ),
        (text) => {
          expect(['send', 'sync', 'ping', 'pong', 'invalid']).toContain(readFrame(text).type);
        },
      ),
    );
  });

  it('glances at type and id alone', () => {
    expect(glance(JSON.stringify({ type: 'send', id: '1' }))).toMatchObject({
      id: '1',
      answer: 'send.result',
    });
    expect(glance('{')).toMatchObject({ id: undefined, answer: 'error' });
  });
});
