import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** The process's metrics. */
export const registry = new Registry();

export interface MetricOptions<Label extends string> {
  /** Without the `claw_` that each gets in front: `sends_total`. */
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
}

const options = <Label extends string>({ name, help, labels = [] }: MetricOptions<Label>) => ({
  name: `claw_${name}`,
  help,
  labelNames: labels,
  registers: [registry],
});

/** Metrics are made once, where their module is loaded: a second one of the same name is an error. */
export const counter = <Label extends string = never>(metric: MetricOptions<Label>): Counter<Label> =>
  new Counter(options(metric));

export const gauge = <Label extends string = never>(metric: MetricOptions<Label>): Gauge<Label> =>
  new Gauge(options(metric));

/** Buckets are in seconds where the name ends in `_seconds`: from 1 ms to 10 s unless given. */
export const histogram = <Label extends string = never>(
  metric: MetricOptions<Label> & { readonly buckets?: readonly number[] },
): Histogram<Label> =>
  new Histogram({
    ...options(metric),
    buckets: [
      ...(metric.buckets ?? [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]),
    ],
  });

let collecting = false;

/** Starts collecting what Node tells about itself; repeating is harmless. */
export const collectProcessMetrics = (): void => {
  if (collecting) return;
  collecting = true;
  collectDefaultMetrics({ register: registry });
};
