import stored from '../log/fixtures/events.v1.json';
import { tenancyCodec } from '../log/tenancy-codec';
import { summaryOf } from './summary-of';

const sentences = stored.map((event) => summaryOf(tenancyCodec.decode(event)));

describe('the audit trail', () => {
  it('tells every event as a sentence', () => {
    expect(sentences).toHaveLength(stored.length);
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].+\.$/);
  });

  it('says what happened in plain words', () => {
    expect(sentences).toContain('Subaccount suspended at the agency’s request.');
    expect(sentences).toContain('Name changed to “Other”, email removed.');
    expect(sentences).toContain('Message limit changed to 5 messages a month.');
  });

  it('never shows the hash of a key', () => {
    expect(sentences.join()).not.toContain('ab'.repeat(32));
  });
});
