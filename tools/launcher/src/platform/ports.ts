import { Failure } from '../failure';
import type { NatsNodes } from './nats-nodes';
import type { Replicas, ServiceName } from './services';

/** The ports of one NATS node. */
export interface NatsPorts {
  readonly client: number;
  readonly monitor: number;
  /** Where the other nodes of a cluster reach it; nobody listens there while it is alone. */
  readonly route: number;
}

/** Every port of the local platform, all on 127.0.0.1 and all following one base. */
export interface Ports {
  readonly front: number;
  readonly frontHealth: number;
  readonly eventStore: number;
  readonly eventStoreHealth: number;
  /** Those of each node. */
  readonly nats: readonly NatsPorts[];
  readonly postgres: number;
  readonly carrier: number;
  readonly services: Readonly<Record<ServiceName, readonly number[]>>;
}

const firstOf: Readonly<Record<ServiceName, number>> = { api: 10, tenancy: 20, routing: 30, gateway: 40 };
const natsNodes: readonly NatsPorts[] = [
  { client: 2, monitor: 6, route: 50 },
  { client: 51, monitor: 52, route: 53 },
  { client: 54, monitor: 55, route: 56 },
];
/** How many ports one base takes. */
export const portSpan = 60;

/** The ports that follow `base`: the front proxy's own, and within the next sixty all others. */
export const portsFrom = (base: number, replicas: Replicas, nodes: NatsNodes = 1): Ports => {
  const of = (service: ServiceName): number[] =>
    Array.from({ length: replicas[service] }, (_, index) => base + firstOf[service] + index);
  return {
    front: base,
    eventStore: base + 1,
    nats: natsNodes.slice(0, nodes).map(({ client, monitor, route }) => ({
      client: base + client,
      monitor: base + monitor,
      route: base + route,
    })),
    postgres: base + 3,
    carrier: base + 4,
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
  ...ports.nats.flatMap(({ client, monitor, route }) =>
    ports.nats.length === 1 ? [client, monitor] : [client, monitor, route],
  ),
  ports.postgres,
  ports.carrier,
  ...Object.values(ports.services).flat(),
];
