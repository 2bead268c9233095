import { letsSeveralIn } from './claims';

describe('a nats-server that lets several in who expect the same last sequence', () => {
  it.each(['2.9.0', '2.9.10', '2.9.20', '2.9.20-beta.1', '1.4.1'])('is one of version %s', (version) => {
    expect(letsSeveralIn(version)).toBe(true);
  });

  it.each(['2.9.21', '2.9.25', '2.10.0', '2.10.7-RC.1', '2.15.1', '3.0.0'])(
    'is none of version %s',
    (version) => {
      expect(letsSeveralIn(version)).toBe(false);
    },
  );
});
