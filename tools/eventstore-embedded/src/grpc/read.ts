import { once } from 'node:events';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import type { EventLog } from '../log/event-log';
import { streamIdentifier } from '../wire/identifiers';
import { failureStatus, unavailable } from '../wire/service-errors';
import { eventRenderer } from './event-renderer';
import { eventsFrom, readable } from './readable';
import { parseReadRequest } from './read-request';
import type { ReadRequest } from './read-request';
import { subscription } from './subscription';

/** A read call; its answers are serialized before they get to it. */
type ReadCall = ServerWritableStream<ReadReq, Uint8Array>;

/** Serves a read or a subscription, no faster than its client takes it, until the client leaves or `stopping` is aborted. */
export const serveRead = async (log: EventLog, stopping: AbortSignal, call: ReadCall): Promise<void> => {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  call.on('cancelled', leave);
  stopping.addEventListener('abort', leave);
  try {
    for await (const answer of answers(log, parseReadRequest(call.request), gone.signal)) {
      if (!call.write(answer)) await once(call, 'drain', { signal: gone.signal });
    }
    call.end();
  } catch (error) {
    call.emit('error', failureStatus(stopping.aborted ? unavailable('the server is stopping') : error));
  } finally {
    stopping.removeEventListener('abort', leave);
  }
};

const answers = (log: EventLog, request: ReadRequest, gone: AbortSignal): AsyncIterable<Uint8Array> =>
  request.count === 'subscription' ? subscription(log, request, gone) : read(log, request, request.count);

async function* read(log: EventLog, request: ReadRequest, count: number): AsyncGenerator<Uint8Array> {
  const { stream, from, backwards, accepts } = request;
  const source = readable(log, stream, Date.now());
  if (source === undefined) {
    yield streamNotFound(stream ?? '');
    return;
  }
  const render = eventRenderer(log, request);
  let wanted = count;
  for await (const event of eventsFrom(source, from, backwards)) {
    if (wanted === 0) return;
    if (!accepts(event)) continue;
    wanted -= 1;
    yield render(event);
  }
}

const streamNotFound = (stream: string): Uint8Array =>
  new ReadResp()
    .setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(stream)))
    .serializeBinary();
