import { buckets, digitsOf, type PhoneDigits, type RouteEntry } from '@claw/contracts';
import { instant, newId } from '@claw/kernel';
import type { NatsLink } from '@claw/messaging';
import { benchPhone } from '../bench-tenants';

export interface BenchRoute {
  readonly digits: PhoneDigits;
  readonly entry: RouteEntry;
}

const routesOfSubaccount = 100;
const unacknowledged = 2_000;

/** So many routes, a hundred to a subaccount. */
export function* benchRoutes(count: number): Generator<BenchRoute, void, void> {
  const agencyId = newId();
  const claimedAt = instant(Date.now());
  let subaccountId = newId();
  for (let index = 0; index < count; index += 1) {
    if (index % routesOfSubaccount === 0) subaccountId = newId();
    const claim = { claimedAt, claimRevision: 0, released: false, revision: 0 };
    yield { digits: digitsOf(benchPhone(index)), entry: { subaccountId, agencyId, ...claim } };
  }
}

/** Writes them to the routes bucket in a hurry: only every so many-th write is waited for. Throws where one is missing. */
export const fillRoutes = async (nats: NatsLink, count: number): Promise<void> => {
  const jetStream = nats.jetStream();
  const { connection } = nats.now();
  let written = 0;
  for (const { digits, entry } of benchRoutes(count)) {
    const subject = `$KV.${buckets.routes.name}.${digits}`;
    const payload = JSON.stringify(entry);
    written += 1;
    // The server takes a connection's writes in order: this one's answer speaks for all before it.
    if (written % unacknowledged === 0 || written === count) await jetStream.publish(subject, payload);
    else connection.publish(subject, payload);
  }
  const { state } = await (await nats.manager()).streams.info(`KV_${buckets.routes.name}`);
  if (state.messages !== count) throw new Error(`${state.messages} of ${count} routes were stored`);
};
