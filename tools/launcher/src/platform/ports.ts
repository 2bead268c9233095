import { Failure } from '../failure';
import type { Replicas, ServiceName } from './services';

/** Every port of the local platform, all on 127.0.0.1 and all following one base. */
export interface Ports {
  readonly front: number;
  readonly frontHealth: number;
  readonly eventStore: number;
  readonly eventStoreHealth: number;
  readonly nats: number;
  readonly natsMonitor: number;
  readonly postgres: number;
  readonly carrier: number;
  readonly services: Readonly<Record<ServiceName, readonly number[]>>;
}

const firstOf: Readonly<Record<ServiceName, number>> = { api: 10, tenancy: 20, routing: 30, gateway: 40 };
/** How many ports one base takes. */
export const portSpan = 50;

/** The ports that follow `base`: the front proxy's own, and within the next fifty all others. */
export const portsFrom = (base: number, replicas: Replicas): Ports => {
  const of = (service: ServiceName): number[] =>
    Array.from({ length: replicas[service] }, (_, index) => base + firstOf[service] + index);
  return {
    front: base,
    eventStore: base + 1,
    nats: base + 2,
    postgres: base + 3,
    carrier: base + 4,
    natsMonitor: base + 6,
    eventStoreHealth: base + 7,
    frontHealth: base + 8,
    services: { api: of('api'), tenancy: of('tenancy'), routing: of('routing'), gateway: of('gateway') },
  };
};

/** A port base as typed. */
export const parsePortBase = (text: string): number => {
  const base = Number(text);
  if (!Number.isInteger(base) || base < 1 || base > 65_535 - portSpan)
    throw new Failure(`--port-base takes a port from 1 to ${65_535 - portSpan}, not "${text}"`);
  return base;
};

export const everyPort = (ports: Ports): readonly number[] => [
  ports.front,
  ports.frontHealth,
  ports.eventStore,
  ports.eventStoreHealth,
  ports.nats,
  ports.natsMonitor,
  ports.postgres,
  ports.carrier,
  ...Object.values(ports.services).flat(),
];
