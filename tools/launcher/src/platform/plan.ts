import type { DataFolder } from '../state/data-folder';
import type { Secrets } from '../state/secrets';
import type { Ports } from './ports';
import type { Replicas } from './services';

/** Everything that is decided before the first process is started. */
export interface Plan {
  readonly folder: DataFolder;
  readonly ports: Ports;
  readonly replicas: Replicas;
  readonly secrets: Secrets;
  /** Whether the rates are multiplied for load tests (`--limits relaxed`). */
  readonly relaxed: boolean;
  readonly natsBinary: string;
  readonly postgresUrl: string;
}

export const eventStoreUrl = ({ ports }: Plan): string => `esdb://127.0.0.1:${ports.eventStore}?tls=false`;
/** The addresses of all nodes, split by commas. */
export const natsUrl = ({ ports }: Plan): string =>
  ports.nats.map(({ client }) => `nats://127.0.0.1:${client}`).join(',');
export const frontUrl = ({ ports }: Plan): string => `http://127.0.0.1:${ports.front}`;
export const carrierUrl = ({ ports }: Plan): string => `http://127.0.0.1:${ports.carrier}`;
