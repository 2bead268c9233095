import { createServer, type IncomingMessage } from 'node:http';
import { connect, consumerOpts } from 'nats';
import { Pool } from 'pg';
import { Webhook } from 'standardwebhooks';
import { type WebSocket, WebSocketServer } from 'ws';
import { told } from './target-env';

/**
 * The parts of a webhook's way to an agent, bare: HTTP, the signature's check, a publish and its delivery, an insert, a
 * second publish and its delivery, a frame on a socket.
 */
const main = async (): Promise<void> => {
  const nats = await connect({ servers: told('NATS_URL') });
  const jetStream = nats.jetstream();
  const pool = new Pool({ connectionString: told('POSTGRES_URL'), max: 10 });
  await pool.query('CREATE TABLE IF NOT EXISTS bench_inbound (id text PRIMARY KEY, body jsonb NOT NULL)');
  const verifier = new Webhook(told('LINQ_WEBHOOK_SECRET'));
  const sockets = new Set<WebSocket>();

  const http = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const headers = request.headers as Record<string, string>;
    verifier.verify(body, headers);
    await jetStream.publish('baseline.in', body, { msgID: headers['webhook-id'] ?? '' });
    response.end('{"ok":true}');
  });
  const server = new WebSocketServer({ server: http, path: '/ws' });
  server.on('connection', (socket) => sockets.add(socket));

  const inbound = consumerOpts();
  inbound.durable('bench-inbound');
  inbound.deliverTo('bench.deliver.in');
  inbound.manualAck();
  inbound.callback(async (_error, message) => {
    if (message === null) return;
    const event = message.json<{ data: { id: string } }>();
    await pool.query('INSERT INTO bench_inbound VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      event.data.id,
      event,
    ]);
    await jetStream.publish('baseline.feed', message.data, { msgID: `${event.data.id}:received` });
    message.ack();
  });
  await jetStream.subscribe('baseline.in', inbound);
  const feed = consumerOpts();
  feed.orderedConsumer();
  feed.callback((_error, message) => {
    if (message === null) return;
    const text = message.string();
    for (const socket of sockets) socket.send(text);
  });
  await jetStream.subscribe('baseline.feed', feed);
  http.listen(Number(told('HTTP_PORT')), '127.0.0.1');
};

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
};

void main();
