import { type Instant, instant } from '@claw/kernel';
import { scenarios } from '@claw/testing';
import fc from 'fast-check';
import { type Consent, type ConsentEvent, evolveConsent, unspoken } from './consent';
import { needsConfirmation, recordWish, type RecordWish } from './record-wish';

const at = (second: number): Instant => instant(Date.UTC(2030, 0, 1, 12, 0, second));
const numbers = { sendingNumber: '+15005550000', phoneNumber: '+12125550100' };
const wish = (kind: RecordWish['wish'], second: number, messageId = `${kind} at ${second}`): RecordWish => ({
  wish: kind,
  messageId,
  at: at(second),
  ...numbers,
});
const stop = (second: number) => wish('stop', second);
const start = (second: number) => wish('start', second);
const eventOf = ({ wish: kind, ...data }: RecordWish): ConsentEvent => ({
  type: kind === 'stop' ? 'OptedOut' : 'OptedIn',
  data,
});
const given = (...past: readonly RecordWish[]) =>
  scenarios({ initial: unspoken, evolve: evolveConsent })(...past.map(eventOf));
const record = (command: RecordWish) => (consent: Consent) => recordWish(consent, command);

describe('a person’s wish', () => {
  it('to stop is recorded', () =>
    given()
      .when(record(stop(1)))
      .then(eventOf(stop(1))));
  it('to start is recorded after one to stop', () =>
    given(stop(1))
      .when(record(start(2)))
      .then(eventOf(start(2))));
  it('to start is nothing new to who never stopped', () =>
    given()
      .when(record(start(1)))
      .thenNothing());
  it('to start is nothing new to who started already', () =>
    given(stop(1), start(2))
      .when(record(start(3)))
      .thenNothing());
  it('to stop is recorded again where it is newer', () =>
    given(stop(1))
      .when(record(stop(2)))
      .then(eventOf(stop(2))));
  it('is recorded once, however often its message comes', () => {
    given(stop(1))
      .when(record(stop(1)))
      .thenNothing();
    given(stop(1), start(2))
      .when(record(start(2)))
      .thenNothing();
  });
  it('changes nothing where it is older than the newest', () => {
    given(stop(1), start(5))
      .when(record(stop(3)))
      .thenNothing();
    given(stop(5))
      .when(record(start(3)))
      .thenNothing();
    given(stop(5))
      .when(record(stop(3)))
      .thenNothing();
  });
  it('to stop counts where one to start is of the same moment, whichever comes first', () => {
    given(stop(1), start(2))
      .when(record(stop(2)))
      .then(eventOf(stop(2)));
    given(stop(2))
      .when(record(start(2)))
      .thenNothing();
  });
});

const fold = (wishes: readonly RecordWish[]): Consent =>
  wishes.reduce((consent, command) => {
    const decision = recordWish(consent, command);
    return decision.accepted ? decision.events.reduce(evolveConsent, consent) : consent;
  }, unspoken);
const wishes = fc.uniqueArray(
  fc.record({ kind: fc.constantFrom('stop' as const, 'start' as const), second: fc.nat(50) }),
  { selector: ({ second }) => second, minLength: 1, maxLength: 20 },
);

describe('any wishes', () => {
  it('leave who last wished to stop opted out, in whatever order they come and however often', () => {
    fc.assert(
      fc.property(wishes, fc.integer(), (all, salt) => {
        const commands = all.map(({ kind, second }) => wish(kind, second));
        const last = [...commands].sort((one, other) => one.at.localeCompare(other.at)).at(-1);
        fc.pre(last?.wish === 'stop');
        const mixed = [...commands, ...commands].sort(
          (one, other) => hash(one.messageId, salt) - hash(other.messageId, salt),
        );
        expect(fold(mixed).optedOut).toBe(true);
      }),
    );
  });

  it('end with the last one where they come in order', () => {
    fc.assert(
      fc.property(wishes, (all) => {
        const commands = all.map(({ kind, second }) => wish(kind, second));
        commands.sort((one, other) => one.at.localeCompare(other.at));
        expect(fold(commands).optedOut).toBe(commands.at(-1)?.wish === 'stop');
      }),
    );
  });
});

describe('a confirmation', () => {
  it('is due for the message that changed something, however often it is handled', () => {
    expect(needsConfirmation(fold([stop(1)]), stop(1))).toBe(true);
    expect(needsConfirmation(fold([stop(1), stop(1)]), stop(1))).toBe(true);
    expect(needsConfirmation(fold([stop(1), start(2)]), start(2))).toBe(true);
  });

  it('is due once, for the first of several that say the same', () => {
    const consent = fold([stop(1), stop(2), stop(3)]);
    expect([1, 2, 3].map((second) => needsConfirmation(consent, stop(second)))).toEqual([true, false, false]);
  });

  it('is not due for one that changed nothing, or is overtaken', () => {
    expect(needsConfirmation(fold([start(1)]), start(1))).toBe(false);
    expect(needsConfirmation(fold([stop(5), stop(3)]), stop(3))).toBe(false);
    expect(needsConfirmation(fold([stop(1), start(2)]), stop(1))).toBe(false);
  });
});

/** An order that fast-check can shrink. */
const hash = (text: string, salt: number): number =>
  [...text].reduce((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 0x01000193), salt);
