import { randomUUID } from 'node:crypto';
import { type EventEmitter, once } from 'node:events';
import { promisify } from 'node:util';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { handleServerStreamingCall, MethodDefinition, sendUnaryData } from '@grpc/grpc-js';
import { GossipService, type IGossipServer } from '@eventstore/db-client/generated/gossip_grpc_pb';
import { ClusterInfo, EndPoint, MemberInfo } from '@eventstore/db-client/generated/gossip_pb';
import {
  type IServerFeaturesServer,
  ServerFeaturesService,
} from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import { SupportedMethod, SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb';
import { type IStreamsServer, StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import { DeadlineExceeded, withDeadline } from '@claw/kernel';
import { batchAppend } from './grpc/batch-append';
import { parseReadRequest } from './grpc/read-request';
import { read } from './grpc/reading';
import { subscription } from './grpc/subscription';
import { append, softDelete, tombstone } from './grpc/writes';
import { EventLog } from './log/event-log';
import { openTables } from './log/tables';
import { uuid } from './wire/identifiers';
import { failureStatus, unavailable } from './wire/service-errors';

/** Without credentials and without encryption, so never but on this machine. */
const HOST = '127.0.0.1';

/** The release of EventStoreDB whose protocol is spoken. */
const SERVER_VERSION = '23.10.0';

/** What the client has to be able to send and to take: its own limit, too. */
const LARGEST_MESSAGE_BYTES = 17 * 1024 * 1024;

/** How long calls that are under way may take to end when the server stops. */
const GRACE_MS = 3_000;

/** A probe that waits longer than this for the log says that it is not ready. */
const PROBE_MS = 2_000;

export interface EventStoreOptions {
  /** The folder that holds the log; made where it is missing. */
  readonly folder: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Bytes that the events of one append may have together. */
  readonly maxAppendSize: number;
  /** Hears of writes that failed; they were refused, and nothing of them was stored. */
  readonly onFailure: (error: unknown) => void;
}

/** A running server. */
export interface EventStore {
  readonly port: number;
  /** Whether a write would be taken and synced in good time. */
  isReady(): Promise<boolean>;
  /** Takes no more calls, ends the open ones, answers the writes under way, and lets go of the folder. */
  stop(): Promise<void>;
}

/** Serves EventStoreDB's API, or throws where the folder or the port can't be had. */
export const serveEventStore = async (options: EventStoreOptions): Promise<EventStore> => {
  const log = new EventLog(await openTables(options.folder), options.onFailure);
  const stopping = new AbortController();
  const server = new Server({
    'grpc.max_receive_message_length': LARGEST_MESSAGE_BYTES,
    'grpc.max_send_message_length': LARGEST_MESSAGE_BYTES,
  });
  const streams = streamsServer(log, options.maxAppendSize, stopping.signal);
  server.addService({ ...StreamsService, read: READ_AS_STORED }, { ...streams });
  const gossip: IGossipServer = { read: answering(async () => clusterAt(port)) };
  server.addService(GossipService, gossip);
  const features: IServerFeaturesServer = { getSupportedMethods: answering(async () => supportedMethods()) };
  server.addService(ServerFeaturesService, features);
  const port = await bind(server, options.port).catch(async (error: unknown) => {
    await log.close();
    throw error;
  });
  return {
    port,
    isReady: async () => {
      if (stopping.signal.aborted) return false;
      const probe = log.perform(() => true);
      return withDeadline('a look at the log', PROBE_MS, probe).catch(() => false);
    },
    stop: async () => {
      stopping.abort();
      try {
        const ended = promisify(server.tryShutdown.bind(server))();
        await withDeadline('ending the open calls', GRACE_MS, ended);
      } catch (error) {
        if (!(error instanceof DeadlineExceeded)) throw error;
        server.forceShutdown();
      }
      await log.close();
    },
  };
};

/** The methods that are there; a call to any other answers UNIMPLEMENTED. */
type StreamsServer = Pick<IStreamsServer, 'append' | 'batchAppend' | 'delete' | 'tombstone'> & {
  readonly read: handleServerStreamingCall<ReadReq, Uint8Array>;
};

const streamsServer = (log: EventLog, maxAppendSize: number, stopping: AbortSignal): StreamsServer => ({
  read: untilGone(stopping, async (call, gone) => {
    const request = parseReadRequest(call.request);
    const answers =
      request.count === 'subscription' ? subscription(log, request, gone) : read(log, request, request.count);
    for await (const answer of answers) {
      if (!call.write(answer)) await once(call, 'drain', { signal: gone });
    }
  }),
  append: answering((call) => append(log, maxAppendSize, call)),
  batchAppend: untilGone(stopping, (call, gone) => batchAppend(log, maxAppendSize, call, gone)),
  delete: answering((call) => softDelete(log, call)),
  tombstone: answering((call) => tombstone(log, call)),
});

/** The read method, but for answers that are serialized already: that is how events are stored. */
const READ_AS_STORED: MethodDefinition<ReadReq, Uint8Array> = {
  ...StreamsService.read,
  responseSerialize: (response) => Buffer.from(response.buffer, response.byteOffset, response.byteLength),
  responseDeserialize: (bytes) => bytes,
};

/** Answers a call with what `work` resolves to, or refuses it with what `work` rejects with. */
const answering =
  <Call, Response>(work: (call: Call) => Promise<Response>) =>
  (call: Call, answer: sendUnaryData<Response>): void => {
    work(call).then(
      (response) => answer(null, response),
      (error: unknown) => answer(failureStatus(error)),
    );
  };

/** Ends a call when `work` does; `gone` is aborted when the client leaves, or when all calls have to end. */
const untilGone =
  <Call extends EventEmitter & { end(): void }>(
    stopping: AbortSignal,
    work: (call: Call, gone: AbortSignal) => Promise<void>,
  ) =>
  async (call: Call): Promise<void> => {
    const gone = new AbortController();
    const leave = (): void => gone.abort();
    call.on('cancelled', leave);
    stopping.addEventListener('abort', leave);
    try {
      await work(call, gone.signal);
      call.end();
    } catch (error) {
      call.emit('error', failureStatus(stopping.aborted ? unavailable('the server is stopping') : error));
    } finally {
      stopping.removeEventListener('abort', leave);
    }
  };

/** A cluster of this one node, which leads it. */
const clusterAt = (port: number): ClusterInfo => {
  const member = new MemberInfo()
    .setInstanceId(uuid(randomUUID()))
    .setTimeStamp(`${Date.now()}0000`)
    .setState(MemberInfo.VNodeState.LEADER)
    .setIsAlive(true)
    .setHttpEndPoint(new EndPoint().setAddress(HOST).setPort(port));
  return new ClusterInfo().setMembersList([member]);
};

/** What clients are told that they can call: the services' methods, by their lower-case paths. */
const supportedMethods = (): SupportedMethods => {
  const methods = [StreamsService, GossipService, ServerFeaturesService]
    .flatMap((service) => Object.values(service))
    .map((method) => method.path.toLowerCase().split('/'))
    .map(([, service = '', name = '']) => new SupportedMethod().setServiceName(service).setMethodName(name));
  return new SupportedMethods().setEventStoreServerVersion(SERVER_VERSION).setMethodsList(methods);
};

const bind = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.bindAsync(`${HOST}:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else if (error.message.includes('EADDRINUSE')) reject(new Error(`port ${port} is already in use`));
      else reject(new Error(`port ${port} can't be listened on: ${error.message}`));
    });
  });
