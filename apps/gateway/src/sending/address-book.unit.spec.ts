import { e164Schema, type PhoneNumber } from '@claw/contracts';
import { AddressBook } from './address-book';

const perMinute = 30;
const perSecond = perMinute / 60;
const number = (index: number): PhoneNumber => e164Schema.parse(`+1212${2_000_000 + index}`);

describe('whom a subaccount writes to', () => {
  it('is bounded, however many people are written to over time', () => {
    const book = new AddressBook('sub');
    for (let index = 0; index < 10_000; index += 1) {
      const nowMs = index * 1_000;
      book.recipient(number(index), 0, perMinute, nowMs).rate.take(perSecond, perMinute, nowMs);
      expect(book.size).toBeLessThanOrEqual(1_000);
    }
  });

  it('is bounded for people in groups, too', () => {
    const book = new AddressBook('sub');
    for (let index = 0; index < 10_000; index += 1) book.rateOf(number(index), perMinute, index * 1_000);
    expect(book.size).toBeLessThanOrEqual(1_000);
  });

  it('forgets nobody whose rate holds something back', () => {
    const book = new AddressBook('sub');
    const empty = book.recipient(number(0), 0, perMinute, 0);
    for (let sends = 0; sends < perMinute; sends += 1) empty.rate.take(perSecond, perMinute, 0);
    for (let index = 1; index < 5_000; index += 1) book.recipient(number(index), 0, perMinute, 0);
    expect(book.size).toBeLessThanOrEqual(1_001);
    expect(book.recipient(number(0), 0, perMinute, 0)).toBe(empty);
    expect(book.rateOf(number(0), perMinute, 0).take(perSecond, perMinute, 0)).toBeGreaterThan(0);
  });

  it('has one rate for a number, alone and in groups, also for one that was claimed anew', () => {
    const book = new AddressBook('sub');
    const rate = book.rateOf(number(1), perMinute, 0);
    expect(book.recipient(number(1), 0, perMinute, 0).rate).toBe(rate);
    const anew = book.recipient(number(1), 7, perMinute, 0);
    expect(anew).toMatchObject({ claimRevision: 7, chatStored: false });
    expect(anew.rate).toBe(rate);
    expect(book.recipient(number(1), 7, perMinute, 0)).toBe(anew);
  });

  it('keeps a thousand groups, of the ones used last, and starts anew with one whose people have changed', () => {
    const book = new AddressBook('sub');
    const people = [number(1), number(2)];
    const first = book.group('first', people);
    for (let index = 0; index < 999; index += 1) book.group(`group-${index}`, people);
    expect(book.group('first', people)).toBe(first);
    const second = book.group('group-0', people);
    for (let index = 999; index < 1_998; index += 1) book.group(`group-${index}`, people);
    expect(book.group('group-0', people)).toBe(second);
    expect(book.group('first', people)).not.toBe(first);
    expect(book.group('group-0', [number(1), number(3)])).not.toBe(second);
  });
});
