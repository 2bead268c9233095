import type { DeadLetter } from '@claw/messaging';
import { letterName, letterPage, letterTable, listed } from './letter-text';

const secret = 'V9hTqJ3mX7cW2bN5kR8pL4sD6fG1aZ0y';
const key = `cm_live_abcd1234_${secret}`;

const letter: DeadLetter = {
  id: 12,
  at: '2026-03-01T10:00:00.000Z' as DeadLetter['at'],
  stream: 'INBOUND',
  consumer: 'routing-notices',
  subject: 'inbound.15005550001',
  sequence: 7,
  attempts: 12,
  reason: 'not a notice',
  bytes: 345,
};
const open = (body: string | Uint8Array, headers: Record<string, string> = {}, reason = letter.reason) =>
  letterPage({ ...letter, reason, headers, data: typeof body === 'string' ? Buffer.from(body) : body });

describe('the table of dead letters', () => {
  it('has a title to every column, and one line a letter', () => {
    expect(letterTable([letter, { ...letter, id: 1_013, consumer: 'a', reason: 'nonsense' }])).toBe(
      [
        'ID    WHEN                      CONSUMER         STREAM   SUBJECT              ATTEMPTS  BYTES  REASON',
        '12    2026-03-01T10:00:00.000Z  routing-notices  INBOUND  inbound.15005550001  12        345    not a notice',
        '1013  2026-03-01T10:00:00.000Z  a                INBOUND  inbound.15005550001  12        345    nonsense',
      ].join('\n'),
    );
  });

  it('shows no key that a reason quotes', () => {
    const shown = listed({ ...letter, reason: `Unexpected token in "${key}"` });
    expect(shown.reason).toBe('Unexpected token in "cm_live_abcd1234"');
  });
});

describe('the page of a dead letter', () => {
  it('says all that is known, and shows the message for reading', () => {
    expect(open('{"webhookId":"w1","body":{"text":"Hi"}}', { 'Claw-Carrier-Chat': 'c1' })).toBe(
      [
        'id                 12',
        'when               2026-03-01T10:00:00.000Z',
        'consumer           routing-notices of INBOUND',
        'subject            inbound.15005550001 (sequence 7)',
        'attempts           12',
        'reason             not a notice',
        'Claw-Carrier-Chat  c1',
        '',
        '{',
        '  "webhookId": "w1",',
        '  "body": {',
        '    "text": "Hi"',
        '  }',
        '}',
      ].join('\n'),
    );
  });

  it.each([
    ['a key that somebody sent', JSON.stringify({ text: `my key is ${key}` })],
    ['a secret by its name', JSON.stringify({ deep: { client_secret: secret, api_key: secret } })],
    ['a secret in an address', JSON.stringify({ url: `https://media.example/1?signature=${secret}` })],
    ['a key in a message that is no JSON', `key=${key}`],
  ])('never shows %s', (_, body) => {
    expect(open(body)).not.toContain(secret);
  });

  it('never shows a secret of a header or of the reason', () => {
    const page = open('{}', { Authorization: secret, 'X-Url': `https://x.example?token=${secret}` }, key);
    expect(page).not.toContain(secret);
    expect(page).toContain('Authorization  [redacted]');
  });

  it('shows a message that is no JSON as it is, and says how long one is that is no text', () => {
    expect(open('plain words')).toMatch(/\n\nplain words$/);
    expect(open(Uint8Array.of(0xff, 0xfe, 0))).toMatch(/\n\n\(3 bytes that are no text\)$/);
  });

  it('lets nobody steer the terminal', () => {
    const escape = '\u001b[2J';
    const shown = [
      open(`plain ${escape}`, { 'X-Own': escape }, escape),
      open(JSON.stringify({ text: escape })),
      letterTable([{ ...letter, reason: escape }]),
      letterName({ ...letter, subject: escape }),
    ];
    expect(shown.join()).not.toContain('\u001b');
  });
});
