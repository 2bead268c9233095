import { Failure } from '../failure';
import { isServiceName, mostReplicas, serviceNames } from './services';
import type { Replicas } from './services';

/** `gateway=2,routing=2` as numbers of processes; one for each service that isn't named. */
export const parseReplicas = (text: string): Replicas => {
  const replicas = { api: 1, tenancy: 1, routing: 1, gateway: 1 };
  for (const part of text.split(',').filter((piece) => piece.trim() !== '')) {
    const [name = '', count = ''] = part.split('=').map((piece) => piece.trim());
    if (!isServiceName(name))
      throw new Failure(`--replicas: there is no service "${name}" (there are ${serviceNames.join(', ')})`);
    const number = Number(count);
    if (!Number.isInteger(number) || number < 1 || number > mostReplicas)
      throw new Failure(`--replicas: ${name} takes 1 to ${mostReplicas}, not "${count}"`);
    replicas[name] = number;
  }
  return replicas;
};
