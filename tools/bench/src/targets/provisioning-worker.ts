import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client';
import { connect, StringCodec } from 'nats';
import { Pool } from 'pg';
import { told } from './target-env';

/** The parts of a provisioning call, bare: an append, a KV put and an insert, the two last at the same time. */
const main = async (): Promise<void> => {
  const nats = await connect({ servers: told('NATS_URL') });
  const bucket = await nats.jetstream().views.kv('bench');
  const store = EventStoreDBClient.connectionString(told('EVENTSTORE_URL'));
  const pool = new Pool({ connectionString: told('POSTGRES_URL'), max: 10 });
  await pool.query('CREATE TABLE IF NOT EXISTS bench_subaccounts (id uuid PRIMARY KEY, body jsonb NOT NULL)');
  const text = StringCodec();
  nats.subscribe('bench.provision', {
    callback: async (_error, message) => {
      const id = randomUUID();
      const body = message.json<{ name: string }>();
      // With credentials the client makes a single call of an append, as ours does.
      await store.appendToStream(`bench-${id}`, jsonEvent({ type: 'Provisioned', data: { id, ...body } }), {
        expectedRevision: NO_STREAM,
        credentials: { username: 'bench', password: 'bench' },
      });
      await Promise.all([
        bucket.put(id, JSON.stringify({ id, ...body })),
        pool.query('INSERT INTO bench_subaccounts VALUES ($1, $2)', [id, body]),
      ]);
      message.respond(text.encode(JSON.stringify({ id, ...body })));
    },
  });
  createServer((_request, response) => response.end()).listen(Number(told('HTTP_PORT')), '127.0.0.1');
};

void main();
