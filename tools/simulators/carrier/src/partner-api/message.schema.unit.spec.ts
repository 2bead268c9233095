import { isRefusal } from '../model/refusal';
import { MessageContent } from './message.schema';
import { parse } from './parse';

const text = (value: string) => ({ type: 'text', value });
const media = { type: 'media', url: 'https://example.com/cat.png' };
const upload = { type: 'media', attachment_id: 'a1' };
const link = (value: string) => ({ type: 'link', value });
const many = <Part>(count: number, part: Part): Part[] => Array.from({ length: count }, () => part);
const isAllowed = (parts: unknown): boolean => !isRefusal(parse(MessageContent, { parts }));

describe('the parts of a message', () => {
  it.each([
    ['one text', [text('a')]],
    ['a text of 10,000 characters', [text('x'.repeat(10_000))]],
    ['texts with media between them', [text('a'), media, text('b')]],
    ['a link alone', [link('https://example.com')]],
    ['40 media parts by url', many(40, media)],
    ['100 uploaded parts', many(100, upload)],
  ])('may be %s', (_what, parts) => expect(isAllowed(parts)).toBe(true));

  it.each([
    ['none', []],
    ['an empty text', [text('')]],
    ['a text of 10,001 characters', [text('x'.repeat(10_001))]],
    ['two texts in a row', [text('a'), text('b')]],
    ['a link beside a text', [link('https://example.com'), text('a')]],
    ['a link of 2,049 characters', [link(`https://example.com/${'x'.repeat(2_029)}`)]],
    ['a link that is no address', [link('example')]],
    ['media over plain http', [{ type: 'media', url: 'http://example.com/cat.png' }]],
    ['media by url and upload at once', [{ ...media, ...upload }]],
    ['media from nowhere', [{ type: 'media' }]],
    ['41 media parts by url', many(41, media)],
    ['101 parts', many(101, upload)],
    ['no list', 'text'],
  ])('may not be %s', (_what, parts) => expect(isAllowed(parts)).toBe(false));
});
