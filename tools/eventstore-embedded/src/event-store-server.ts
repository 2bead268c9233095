import { ServerCredentials } from '@grpc/grpc-js';
import type { Server } from '@grpc/grpc-js';
import { DeadlineExceeded, withDeadline } from '@claw/kernel';
import { createServer } from './grpc/services';
import { EventLog } from './log/event-log';

/** Without credentials and without encryption, so never but on this machine. */
const HOST = '127.0.0.1';

/** How long calls that are under way may take to end when the server stops. */
const GRACE_MS = 3_000;

/** A probe that waits longer than this for the log says that it is not ready. */
const PROBE_MS = 2_000;

export interface EventStoreOptions {
  /** The folder that holds the log; made where it is missing. */
  readonly folder: string;
  /** 0 for any free one. */
  readonly port: number;
  readonly maxAppendSize: number;
  /** Hears of writes that failed; they were refused, and nothing of them was stored. */
  readonly onFailure: (error: unknown) => void;
}

/** A running server. */
export class EventStoreServer {
  readonly #stopping: AbortController;

  private constructor(
    readonly port: number,
    private readonly log: EventLog,
    private readonly server: Server,
    stopping: AbortController,
  ) {
    this.#stopping = stopping;
  }

  /** Listens, or throws where the folder or the port can't be had. */
  static async start({
    folder,
    port,
    maxAppendSize,
    onFailure,
  }: EventStoreOptions): Promise<EventStoreServer> {
    const log = await EventLog.open(folder, onFailure);
    const stopping = new AbortController();
    let bound = port;
    const address = () => ({ host: HOST, port: bound });
    const server = createServer({ log, maxAppendSize, stopping: stopping.signal, address });
    try {
      bound = await bind(server, port);
    } catch (error) {
      await log.close();
      throw error;
    }
    return new EventStoreServer(bound, log, server, stopping);
  }

  /** Whether a write would be taken and synced in good time. */
  async isReady(): Promise<boolean> {
    if (this.#stopping.signal.aborted) return false;
    try {
      await withDeadline(
        'a look at the log',
        PROBE_MS,
        this.log.perform(() => undefined),
      );
      return true;
    } catch {
      return false;
    }
  }

  /** Takes no more calls, ends the open ones, answers the writes under way, and lets go of the folder. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    try {
      await withDeadline('ending the open calls', GRACE_MS, shutDown(this.server));
    } catch (error) {
      if (!(error instanceof DeadlineExceeded)) throw error;
      this.server.forceShutdown();
    }
    await this.log.close();
  }
}

const bind = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(`${HOST}:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else if (error.message.includes('EADDRINUSE')) reject(new Error(`port ${port} is already in use`));
      else reject(new Error(`port ${port} can't be listened on: ${error.message}`));
    });
  });

const shutDown = (server: Server): Promise<void> =>
  new Promise((resolve, reject) => {
    server.tryShutdown((error) => (error === undefined ? resolve() : reject(error)));
  });
