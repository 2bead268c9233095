import { withDeadline } from '@claw/kernel';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

export interface TracingOptions {
  readonly service: string;
  readonly instance: string;
  /** The collector's base address; nothing is started without it. */
  readonly endpoint: string | undefined;
}

/** How long sending may take: at the end of a process it holds up the exit. */
const SEND_DEADLINE_MS = 2_000;

/**
 * Starts tracing for the whole process where there is a collector. The answer stops it: it resolves once the last
 * spans are sent, or given up after two seconds, and never rejects.
 */
export const startTracing = ({ service, instance, endpoint }: TracingOptions): (() => Promise<void>) => {
  if (endpoint === undefined) return () => Promise.resolve();
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/+$/, '')}/v1/traces`,
    timeoutMillis: SEND_DEADLINE_MS,
  });
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'service.instance.id': instance }),
    spanProcessors: [new BatchSpanProcessor(exporter)],
  });
  provider.register({ propagator: new W3CTraceContextPropagator() });
  return () =>
    withDeadline('sending the last spans', SEND_DEADLINE_MS, provider.shutdown()).catch(() => undefined);
};
