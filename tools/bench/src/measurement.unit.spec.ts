import { choose, type Measurement } from './measurement';

const named = (name: string, long = false): Measurement => ({ name, long, measure: async () => [] });
const all = [named('sends'), named('idle sockets'), named('many idle sockets', true)];
const chosen = (options: Parameters<typeof choose>[1]) => choose(all, options).map(({ name }) => name);

describe('a run', () => {
  it('leaves the long measurements out unless it is a full one', () => {
    expect(chosen({})).toEqual(['sends', 'idle sockets']);
    expect(chosen({ full: true })).toEqual(['sends', 'idle sockets', 'many idle sockets']);
  });

  it('is narrowed by a part of the name', () => {
    expect(chosen({ only: 'idle' })).toEqual(['idle sockets']);
    expect(chosen({ only: 'idle', full: true })).toEqual(['idle sockets', 'many idle sockets']);
  });

  it('says what there is where the name fits none, and what is only in a full one', () => {
    expect(() => chosen({ only: 'many' })).toThrow(/"many".*many idle sockets \(with --full\)/);
  });
});
