import { ReadResp } from '@eventstore/db-client/generated/streams_pb';
import type { EventLog } from '../log/event-log';
import { everything } from '../rules/event-filter';
import { streamIdentifier } from '../wire/identifiers';
import { streamDeleted, unavailable } from '../wire/service-errors';
import { logRange, streamRange } from './event-range';
import type { EventRange } from './event-range';
import { eventRenderer } from './event-renderer';
import { failureStatus } from './failure-status';
import { Outlet } from './outlet';
import type { ReadCall } from './outlet';
import { parseReadRequest } from './read-request';
import type { ReadRequest } from './read-request';
import { sendRange } from './send-range';
import { subscribe } from './subscription';

/** Serves reads and subscriptions until their client leaves or `stopping` is aborted. */
export class ReadHandler {
  constructor(
    private readonly log: EventLog,
    private readonly stopping: AbortSignal,
  ) {}

  async handle(call: ReadCall): Promise<void> {
    const outlet = new Outlet(call, this.stopping);
    try {
      const request = parseReadRequest(call.request);
      if (request.count === 'subscription') await subscribe(this.log, outlet, request);
      else await this.#read(outlet, request, request.count);
      if (this.stopping.aborted) throw unavailable('the server is stopping');
      call.end();
    } catch (error) {
      call.emit('error', failureStatus(error));
    } finally {
      outlet.release();
    }
  }

  async #read(outlet: Outlet, request: ReadRequest, count: number): Promise<void> {
    const range = this.#rangeOf(request);
    if (range === undefined) {
      outlet.write(streamNotFound(request.stream ?? ''));
      return;
    }
    const render = eventRenderer(this.log, request);
    const accepts = request.filter?.accepts ?? everything;
    let wanted = count;
    await sendRange(outlet, range, (event) => {
      if (wanted <= 0) return 'done';
      if (event === undefined || !accepts(event)) return [];
      wanted -= 1;
      return [render(event)];
    });
  }

  #rangeOf({ stream, from, backwards }: ReadRequest): EventRange | undefined {
    if (stream === undefined) return logRange(this.log, from, backwards);
    const found = this.log.head(stream);
    if (found.tombstoned) throw streamDeleted(stream);
    if (found.last < 0 || found.softDeleted) return undefined;
    return streamRange(this.log, stream, found, from, backwards, Date.now());
  }
}

const streamNotFound = (stream: string): Uint8Array =>
  new ReadResp()
    .setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(stream)))
    .serializeBinary();
