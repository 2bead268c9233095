import {
  ROOT_CONTEXT,
  SpanStatusCode,
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  trace,
} from '@opentelemetry/api';
import type { Context, Span } from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

export type { Context as TraceContext, Span } from '@opentelemetry/api';

const propagator = new W3CTraceContextPropagator();

/** Writes the current trace into a carrier as W3C `traceparent` and `tracestate`; nothing where there is none. */
export const injectTrace = <Carrier extends Record<string, string>>(
  carrier: Carrier,
  from: Context = context.active(),
): Carrier => {
  propagator.inject(from, carrier, defaultTextMapSetter);
  return carrier;
};

/** The trace that a carrier came with, to hand to {@link withSpan}; an empty one where it has none. */
export const extractTrace = (carrier: Readonly<Record<string, unknown>>): Context =>
  propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);

/** The trace of the work under way. */
export const currentTrace = (): Context => context.active();

/** The current trace as one line, for an event's metadata; undefined where there is none. */
export const currentTraceparent = (): string | undefined =>
  injectTrace<Record<string, string>>({})['traceparent'];

/**
 * Runs work as a span within a trace ({@link extractTrace}, {@link currentTrace}); a rejection marks the span failed
 * and is passed on. Costs next to nothing while tracing is off.
 */
export const withSpan = <T>(name: string, within: Context, work: (span: Span) => Promise<T>): Promise<T> =>
  trace.getTracer('claw').startActiveSpan(name, {}, within, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      if (error instanceof Error) span.recordException({ name: error.name, message: error.message });
      throw error;
    } finally {
      span.end();
    }
  });
