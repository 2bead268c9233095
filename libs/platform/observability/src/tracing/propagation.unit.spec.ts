import { context } from '@opentelemetry/api';
import { extractTrace, injectTrace, withSpan } from './propagation';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('a trace', () => {
  it('passes through a carrier unchanged', () => {
    expect(injectTrace({}, extractTrace({ traceparent }))).toEqual({ traceparent });
  });

  it('leaves a carrier alone where there is none', () => {
    expect(injectTrace({ other: 'x' }, extractTrace({}))).toEqual({ other: 'x' });
  });

  it('is none where the carrier has garbage', () => {
    expect(injectTrace({}, extractTrace({ traceparent: 'garbage' }))).toEqual({});
  });
});

describe('a span', () => {
  it('gives back what the work gave, and passes its failure on, with tracing off', async () => {
    expect(await withSpan('work', context.active(), () => Promise.resolve(7))).toBe(7);
    await expect(withSpan('work', context.active(), () => Promise.reject(new Error('no')))).rejects.toThrow(
      'no',
    );
  });
});
