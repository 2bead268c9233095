import { counter, histogram, registry } from './metrics';

describe('metrics', () => {
  it('carry the platform’s prefix and their labels', async () => {
    counter({ name: 'things_total', help: 'Things.', labels: ['kind'] }).inc({ kind: 'small' }, 2);
    histogram({ name: 'thing_seconds', help: 'How long.' }).observe(0.2);
    const text = await registry.metrics();
    expect(text).toContain('claw_things_total{kind="small"} 2');
    expect(text).toContain('claw_thing_seconds_bucket{le="0.25"} 1');
  });
});
