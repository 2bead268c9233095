import { routeOf } from './route';

describe('the front proxy hands', () => {
  it.each([
    '/api/agency',
    '/openapi.json',
    '/asyncapi.json',
    '/docs',
    '/docs/style.css',
    '/',
    '/agency/invoices',
  ])('%s to api', (path) => expect(routeOf(path)).toBe('api'));

  it.each(['/ws', '/ws?key=secret', '/ws/'])('%s to gateway', (path) =>
    expect(routeOf(path)).toBe('gateway'),
  );

  it('the carrier’s webhooks to routing', () => expect(routeOf('/webhooks/carrier')).toBe('routing'));

  it.each([
    '/health',
    '/health/ready',
    '/health/live?x=1',
    '/metrics',
    '/metrics/',
    '//health/ready',
    '/./health/ready',
    '/api/../health/ready',
    '/%68ealth/ready',
    '/metrics%2F',
    '/\\metrics',
    '/webhooks/other',
  ])('%s to nobody', (path) => expect(routeOf(path)).toBeUndefined());
});
