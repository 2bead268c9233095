import { createServer } from 'node:http';
import { connect } from 'nats';
import { Pool } from 'pg';
import { Server } from 'socket.io';
import { baselineSubject } from '../baseline-stream';
import { type MinimalSend, told } from './target-env';

/** As it is often built: Socket.IO, the route looked up in PostgreSQL for each send, the stock publish. */
const main = async (): Promise<void> => {
  const jetStream = (await connect({ servers: told('NATS_URL') })).jetstream();
  const pool = new Pool({ connectionString: told('POSTGRES_URL'), max: 10 });
  const http = createServer();
  const server = new Server(http, { transports: ['websocket'], serveClient: false });
  server.on('connection', (socket) => {
    socket.on('send', async (message: MinimalSend, answer: (result: object) => void) => {
      const { rows } = await pool.query('SELECT subaccount_id FROM bench_routes WHERE phone_number = $1', [
        message.to,
      ]);
      if (rows.length === 0) return answer({ id: message.id, ok: false, errorCode: 'route_not_registered' });
      const { seq } = await jetStream.publish(baselineSubject, JSON.stringify(message));
      answer({ id: message.id, ok: true, messageId: String(seq), status: 'queued' });
    });
  });
  http.listen(Number(told('HTTP_PORT')), '127.0.0.1');
};

void main();
