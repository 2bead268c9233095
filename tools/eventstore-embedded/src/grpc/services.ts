import { Server } from '@grpc/grpc-js';
import type { handleServerStreamingCall, MethodDefinition } from '@grpc/grpc-js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb';
import type { IGossipServer } from '@eventstore/db-client/generated/gossip_grpc_pb';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import type { IServerFeaturesServer } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import type { EventLog } from '../log/event-log';
import { AppendHandler } from './append.handler';
import { BatchAppendSession } from './batch-append-session';
import { clusterOf, supportedMethods } from './cluster';
import { DeleteHandler } from './delete.handler';
import { serveRead } from './read';

/** What the client has to be able to send and to take: its own limit, too. */
const LARGEST_MESSAGE_BYTES = 17 * 1024 * 1024;

export interface ServiceOptions {
  readonly log: EventLog;
  /** Bytes that the events of one append may have together. */
  readonly maxAppendSize: number;
  /** Aborted when calls that would go on for ever have to end. */
  readonly stopping: AbortSignal;
  /** Where clients that ask for the cluster are sent. */
  readonly address: () => { readonly host: string; readonly port: number };
}

/** The part of EventStoreDB's API that is there; a call to any other answers UNIMPLEMENTED. */
export const createServer = ({ log, maxAppendSize, stopping, address }: ServiceOptions): Server => {
  const server = new Server({
    'grpc.max_receive_message_length': LARGEST_MESSAGE_BYTES,
    'grpc.max_send_message_length': LARGEST_MESSAGE_BYTES,
  });
  const append = new AppendHandler(log, maxAppendSize);
  const deletion = new DeleteHandler(log);

  const read: handleServerStreamingCall<ReadReq, Uint8Array> = (call) => void serveRead(log, stopping, call);
  const appendCalls: IStreamsServer['append'] = (call, answer) => void append.handle(call, answer);
  const batchAppend: IStreamsServer['batchAppend'] = (call) =>
    new BatchAppendSession(log, maxAppendSize, stopping, call).start();
  const deleteCalls: IStreamsServer['delete'] = (call, answer) => void deletion.delete(call, answer);
  const tombstone: IStreamsServer['tombstone'] = (call, answer) => void deletion.tombstone(call, answer);
  const gossip: IGossipServer = {
    read: (_call, answer) => {
      const { host, port } = address();
      answer(null, clusterOf(host, port));
    },
  };
  const features: IServerFeaturesServer = {
    getSupportedMethods: (_call, answer) => answer(null, supportedMethods(SERVICES)),
  };

  server.addService(
    { ...StreamsService, read: READ_AS_STORED },
    { read, append: appendCalls, batchAppend, delete: deleteCalls, tombstone },
  );
  server.addService(GossipService, gossip);
  server.addService(ServerFeaturesService, features);
  return server;
};

const SERVICES = [StreamsService, GossipService, ServerFeaturesService];

/** The read method, but for answers that are serialized already: that is how events are stored. */
const READ_AS_STORED: MethodDefinition<ReadReq, Uint8Array> = {
  path: StreamsService.read.path,
  requestStream: false,
  responseStream: true,
  requestSerialize: StreamsService.read.requestSerialize,
  requestDeserialize: StreamsService.read.requestDeserialize,
  responseSerialize: (response) => Buffer.from(response.buffer, response.byteOffset, response.byteLength),
  responseDeserialize: (bytes) => bytes,
};
