import { buckets } from '@claw/contracts';
import { connect } from 'nats';
import { told } from './target-env';
import { tell } from './tell';

/** A bare watch of the routes bucket into a Map of numbers. Ready once all of them are in it. */
const main = async (): Promise<void> => {
  const nats = await connect({ servers: told('NATS_URL') });
  // To begin a watch the server looks at every key first: on a busy machine longer than it is usually given.
  const bucket = await nats.jetstream({ timeout: 60_000 }).views.kv(buckets.routes.name);
  const { values } = await bucket.status();
  const routes = new Map<number, number>();
  for await (const { key, revision } of await bucket.watch()) {
    routes.set(Number(key), revision);
    if (routes.size === values) tell(() => ({ routes: routes.size }));
  }
};

void main();
