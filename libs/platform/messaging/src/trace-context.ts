import { type Context, context, propagation } from '@opentelemetry/api';
import type { MsgHdrs } from 'nats';

const setter = { set: (carrier: MsgHdrs, key: string, value: string) => carrier.set(key, value) };
const getter = {
  keys: (carrier: MsgHdrs) => carrier.keys(),
  get: (carrier: MsgHdrs, key: string) => carrier.get(key) || undefined,
};

/** Writes the running trace into the headers; nothing where no tracer is registered. */
export const injectTrace = (headers: MsgHdrs): void => propagation.inject(context.active(), headers, setter);

/** The trace that a message came with, to run its handler in. */
export const traceOf = (headers: MsgHdrs | undefined): Context =>
  headers === undefined ? context.active() : propagation.extract(context.active(), headers, getter);
