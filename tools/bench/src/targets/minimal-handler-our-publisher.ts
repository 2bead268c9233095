import { connectNats, JetStreamPublisher } from '@claw/messaging';
import { type RawData, WebSocketServer } from 'ws';
import { baselineSubject } from '../baseline-stream';
import { type MinimalSend, minimalResult, told } from './target-env';

/** The minimal handler with our publisher in it. */
const main = async (): Promise<void> => {
  const nats = connectNats({ url: told('NATS_URL'), name: 'bench' });
  await nats.up(10_000);
  const publisher = new JetStreamPublisher(nats);
  const server = new WebSocketServer({ host: '127.0.0.1', port: Number(told('HTTP_PORT')) });
  server.on('connection', (socket) => {
    socket.on('message', async (data: RawData) => {
      const message = JSON.parse(data.toString()) as MinimalSend;
      const { seq } = await publisher.publish(baselineSubject, message);
      socket.send(minimalResult(message.id, seq));
    });
  });
};

void main();
