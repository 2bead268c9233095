import { createServer } from 'node:http';
import { connect, StringCodec } from 'nats';
import { told } from './target-env';

/** The parts of a provisioning call, bare: HTTP and one NATS request. The rest is the worker's. */
const main = async (): Promise<void> => {
  const nats = await connect({ servers: told('NATS_URL') });
  const text = StringCodec();
  const http = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = await nats.request('bench.provision', Buffer.concat(chunks), { timeout: 10_000 });
    response.setHeader('content-type', 'application/json');
    response.end(text.decode(answer.data));
  });
  http.listen(Number(told('HTTP_PORT')), '127.0.0.1');
};

void main();
