import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { publicEvents } from './public-events';

const catalogue = readFileSync(resolve(__dirname, '../../../docs/domain/events.md'), 'utf8');
const [, published = ''] = catalogue.split('## Public events');

describe('the event catalogue', () => {
  it.each(Object.values(publicEvents).map(({ name, version }) => `${name}.v${version}`))(
    'has %s',
    (event) => {
      expect(published).toContain(`\`${event}\``);
    },
  );

  it('has no public event that there is not', () => {
    const known = new Set(Object.values(publicEvents).map(({ name, version }) => `${name}.v${version}`));
    const named = [...published.matchAll(/`(\w+\.v\d+)`/g)].map(([, event]) => event ?? '');
    expect(named.filter((event) => !known.has(event))).toEqual([]);
  });
});
