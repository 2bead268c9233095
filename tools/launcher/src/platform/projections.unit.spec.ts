import { projections, rebuildCallFor } from './projections';

describe('the projections', () => {
  it('are those that services keep', () => {
    expect(projections).toEqual(expect.arrayContaining(['access', 'routes', 'optouts', 'quota']));
  });

  it('are each rebuilt by the service that keeps them', () => {
    expect(projections.map((name) => rebuildCallFor(name)?.subject)).not.toContain(undefined);
    expect(rebuildCallFor('routes')?.subject).toBe('routing.rebuild');
  });

  it('have no call where there is no such projection', () => {
    expect(rebuildCallFor('weather')).toBeUndefined();
  });
});
