import { connect } from 'nats';
import { type RawData, WebSocketServer } from 'ws';
import { baselineSubject } from '../baseline-stream';
import { type MinimalSend, minimalResult, told } from './target-env';

/** What a user would write first: a socket, `JSON.parse`, the stock publish, an answer. It checks nothing. */
const main = async (): Promise<void> => {
  const jetStream = (await connect({ servers: told('NATS_URL') })).jetstream();
  const server = new WebSocketServer({ host: '127.0.0.1', port: Number(told('HTTP_PORT')) });
  server.on('connection', (socket) => {
    socket.on('message', async (data: RawData) => {
      const text = data.toString();
      const { id } = JSON.parse(text) as MinimalSend;
      const { seq } = await jetStream.publish(baselineSubject, text);
      socket.send(minimalResult(id, seq));
    });
  });
};

void main();
