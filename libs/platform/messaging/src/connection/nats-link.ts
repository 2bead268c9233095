import { backoffMs, Unavailable, withDeadline } from '@claw/kernel';
import {
  connect,
  Events,
  type JetStreamClient,
  type JetStreamManager,
  type NatsConnection,
  type Status,
} from 'nats';
import { type Log, silentLog } from '../log';
import { pause } from '../pause';
import { faultOf, reasonOf } from './faults';

export interface NatsOptions {
  /** One address, or several of a cluster split by commas. */
  readonly url: string;
  /** Shown by the server's monitoring: the instance. */
  readonly name: string;
  readonly logger?: Log;
  /** How long an answer of JetStream is waited for; 5 s unless told. */
  readonly timeoutMs?: number;
}

/**
 * Starts connecting to NATS and answers at once: a service starts with NATS down, says so in its readiness,
 * and works when NATS is there. The link reconnects for ever, spread by jitter.
 */
export const connectNats = (options: NatsOptions): NatsLink => new NatsLink(options);

interface Clients {
  readonly connection: NatsConnection;
  readonly jetStream: JetStreamClient;
  /** Made once a connection. */
  readonly manager: Promise<JetStreamManager>;
}

/** One process's way to NATS, shared by everything in it. */
export class NatsLink {
  private readonly closing = new AbortController();
  private readonly linkListeners = new Set<(connected: boolean) => void>();
  private readonly log: Log;
  private readonly timeoutMs: number;
  private readonly dialling: Promise<void>;
  private clients: Clients | undefined;
  private linked = false;

  constructor(private readonly options: NatsOptions) {
    this.log = options.logger ?? silentLog;
    this.timeoutMs = options.timeoutMs ?? 5_000;
    this.dialling = this.keepConnected();
  }

  /** Whether the server is reached right now, as far as this process knows. */
  get connected(): boolean {
    return this.linked;
  }

  /** The connection; waits for it up to `deadlineMs`, then throws {@link Unavailable}. */
  async connection(deadlineMs = this.timeoutMs): Promise<NatsConnection> {
    return (await this.established(deadlineMs)).connection;
  }

  /**
   * JetStream over the connection, whose answers are waited for as long as the link's own unless told; throws
   * {@link Unavailable} at once while there is none.
   */
  jetStream(timeoutMs?: number): JetStreamClient {
    const { connection, jetStream } = this.now();
    return timeoutMs === undefined ? jetStream : jetStreamOver(connection, timeoutMs);
  }

  /** Like {@link jetStream}, for streams, consumers and single messages; nothing is asked of the server yet. */
  manager(timeoutMs?: number): Promise<JetStreamManager> {
    return timeoutMs === undefined ? this.now().manager : this.jetStream(timeoutMs).jetstreamManager(false);
  }

  /** The connection as it is; throws {@link Unavailable} at once while there is none. */
  now(): Clients {
    if (!this.linked || this.clients === undefined) throw new Unavailable('NATS');
    return this.clients;
  }

  /** Calls `listener` whenever the link comes up or goes down; the answer ends that. */
  onChange(listener: (connected: boolean) => void): () => void {
    this.linkListeners.add(listener);
    return () => this.linkListeners.delete(listener);
  }

  /** Resolves when the link is up; rejects with {@link Unavailable} when it isn't within `deadlineMs`. */
  async up(deadlineMs: number, signal?: AbortSignal): Promise<void> {
    if (this.linked || signal?.aborted || this.closing.signal.aborted) return;
    let stopListening = (): void => undefined;
    const wait = new AbortController();
    try {
      await Promise.race([
        new Promise<void>((resolve) => {
          stopListening = this.onChange((connected) => connected && resolve());
        }),
        pause(deadlineMs, signal === undefined ? wait.signal : AbortSignal.any([wait.signal, signal])),
      ]);
    } finally {
      stopListening();
      wait.abort();
    }
    if (!this.linked) throw new Unavailable('NATS');
  }

  /** Sends what is under way, lets subscriptions finish, and closes; gives up waiting after `deadlineMs`. */
  async close(deadlineMs = 5_000): Promise<void> {
    this.closing.abort();
    const connection = this.clients?.connection;
    if (connection !== undefined && !connection.isClosed()) {
      const draining = this.linked ? connection.drain() : connection.close();
      await withDeadline('closing the NATS connection', deadlineMs, draining).catch(() => connection.close());
    }
    await withDeadline('ending the NATS link', deadlineMs, this.dialling).catch((error: unknown) =>
      this.log.warn({ reason: reasonOf(error) }, 'NATS link did not end in time'),
    );
  }

  private async established(deadlineMs: number): Promise<Clients> {
    await this.up(deadlineMs);
    return this.now();
  }

  /** A connection that ends for good (a refused log-in, a server that removed us) is followed by a new one. */
  private async keepConnected(): Promise<void> {
    for (let attempt = 1; !this.closing.signal.aborted; attempt += 1) {
      try {
        const connection = await this.dial();
        if (this.closing.signal.aborted) {
          await connection.close();
          return;
        }
        attempt = 0;
        await this.follow(connection);
      } catch (error) {
        this.log.warn({ reason: reasonOf(error) }, 'NATS is not reachable');
      }
      await pause(backoffMs(attempt + 1, 100, 2_000), this.closing.signal);
    }
  }

  private dial(): Promise<NatsConnection> {
    return connect({
      servers: this.options.url.split(',').map((server) => server.trim()),
      name: this.options.name,
      timeout: this.timeoutMs,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 200,
      reconnectJitter: 600,
      // A server that is stopped but not dead is noticed within 15 seconds.
      pingInterval: 5_000,
      maxPingOut: 2,
      // A stack per request costs more than the request.
      noAsyncTraces: true,
    });
  }

  private async follow(connection: NatsConnection): Promise<void> {
    const jetStream = jetStreamOver(connection, this.timeoutMs);
    this.clients = { connection, jetStream, manager: jetStream.jetstreamManager(false) };
    const status = connection.status();
    this.setLinked(true);
    void this.followStatus(status);
    // The status of a closed connection just falls silent.
    await connection.closed();
    this.setLinked(false);
  }

  private async followStatus(status: AsyncIterable<Status>): Promise<void> {
    for await (const { type } of status) {
      if (type === Events.Disconnect) this.setLinked(false);
      if (type === Events.Reconnect) this.setLinked(true);
    }
  }

  private setLinked(linked: boolean): void {
    if (linked === this.linked) return;
    this.linked = linked;
    if (!this.closing.signal.aborted) {
      this.log[linked ? 'info' : 'warn'](
        { url: this.clients?.connection.getServer() },
        linked ? 'NATS connected' : 'NATS disconnected',
      );
    }
    for (const listener of [...this.linkListeners]) listener(linked);
  }
}

const jetStreamOver = (connection: NatsConnection, timeout: number): JetStreamClient =>
  connection.jetstream({ timeout, checkAPI: false });

/** Readiness: one round trip to the server within `deadlineMs`, else throws {@link Unavailable}. */
export const natsReady = async (nats: NatsLink, deadlineMs = 1_000): Promise<void> => {
  const { connection } = nats.now();
  try {
    await withDeadline('a round trip to NATS', deadlineMs, connection.flush());
  } catch (error) {
    throw faultOf('NATS', error);
  }
};
