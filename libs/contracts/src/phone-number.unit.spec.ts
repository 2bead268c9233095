import fc from 'fast-check';
import { digitsOf, numberOf, parsePhoneNumber, phoneNumberSchema } from './phone-number';

describe('a phone number', () => {
  it.each([
    ['E.164', '+15551234567', '+15551234567'],
    ['spaces, dashes and parentheses', '+1 (555) 123-4567', '+15551234567'],
    ['dots', '+1.555.123.4567', '+15551234567'],
    ['ten bare digits, as a US number', '5551234567', '+15551234567'],
    ['ten digits written the US way', '(555) 123-4567', '+15551234567'],
    ['another country', '+49 30 901820', '+4930901820'],
  ])('is read from %s', (_form, text, number) => {
    expect(parsePhoneNumber(text)).toBe(number);
  });

  it.each([
    ['nothing', ''],
    ['words', 'call me'],
    ['too few digits', '+1555'],
    ['too many digits', '+1555123456789012'],
    ['eleven digits without a plus', '15551234567'],
    ['an extension', '+15551234567 ext. 5'],
    ['letters that phones have', '+1-800-FLOWERS'],
    ['a subject wildcard', '+1555123456>'],
    ['digits of another script', '+१५५५१२३४५६७'],
  ])('is not read from %s', (_form, text) => {
    expect(parsePhoneNumber(text)).toBeUndefined();
  });

  it('is only ever made of a plus and digits, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const number = parsePhoneNumber(text);
        expect(number === undefined || /^\+[1-9]\d{4,14}$/.test(number)).toBe(true);
      }),
    );
  });

  it('keeps its digits as its name', () => {
    const number = phoneNumberSchema.parse('+15551234567');
    expect(digitsOf(number)).toBe('15551234567');
    expect(numberOf(digitsOf(number))).toBe(number);
  });
});
