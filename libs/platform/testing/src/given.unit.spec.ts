import { accept, nothing, refuse } from '@claw/kernel';
import type { Decision } from '@claw/kernel';
import { scenarios } from './given';

type Event = { readonly type: 'Added'; readonly data: { readonly n: number } };
const added = (n: number): Event => ({ type: 'Added', data: { n } });
const given = scenarios<number, Event>({ initial: 0, evolve: (sum, event) => sum + event.data.n });

const add =
  (n: number) =>
  (sum: number): Decision<Event, 'too_much' | 'odd'> =>
    n === 0 ? nothing() : sum + n > 10 ? refuse('too_much', 'That is more than 10.') : accept(added(n));

describe('a scenario', () => {
  it('passes where the facts follow that were named', () => given(added(4)).when(add(6)).then(added(6)));
  it('passes where nothing follows', () => given(added(10)).when(add(0)).thenNothing());
  it('passes where it was refused for the reason named', () =>
    given(added(5)).when(add(6)).thenRefused('too_much'));

  it.each([
    ['other facts follow', () => given().when(add(1)).then(added(2))],
    ['more facts follow', () => given().when(add(1)).then()],
    ['a fact follows in place of nothing', () => given().when(add(1)).thenNothing()],
    ['it was accepted', () => given().when(add(1)).thenRefused('too_much')],
    ['it was refused in place of facts', () => given().when(add(11)).then(added(11))],
    ['it was refused for another reason', () => given().when(add(11)).thenRefused('odd')],
  ])('fails where %s', (_what, scenario) => {
    expect(scenario).toThrow();
  });
});
