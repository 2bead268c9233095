import { Server } from '@grpc/grpc-js';
import type { handleServerStreamingCall, MethodDefinition, sendUnaryData } from '@grpc/grpc-js';
import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb';
import type { IGossipServer } from '@eventstore/db-client/generated/gossip_grpc_pb';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import type { IServerFeaturesServer } from '@eventstore/db-client/generated/serverfeatures_grpc_pb';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb';
import type { IStreamsServer } from '@eventstore/db-client/generated/streams_grpc_pb';
import type { ReadReq } from '@eventstore/db-client/generated/streams_pb';
import type { EventLog } from '../log/event-log';
import { failureStatus } from '../wire/service-errors';
import { BatchAppend } from './batch-append';
import { clusterOf, supportedMethods } from './cluster';
import { serveRead } from './read';
import { append, softDelete, tombstone } from './single-writes';

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

type StreamsServer = Pick<IStreamsServer, 'append' | 'batchAppend' | 'delete' | 'tombstone'> & {
  readonly read: handleServerStreamingCall<ReadReq, Uint8Array>;
};

/** The part of EventStoreDB's API that is there; a call to any other answers UNIMPLEMENTED. */
export const createServer = ({ log, maxAppendSize, stopping, address }: ServiceOptions): Server => {
  const streams: StreamsServer = {
    read: (call) => void serveRead(log, stopping, call),
    append: answering((call) => append(log, maxAppendSize, call)),
    batchAppend: (call) => new BatchAppend(log, maxAppendSize, stopping, call).start(),
    delete: answering((call) => softDelete(log, call)),
    tombstone: answering((call) => tombstone(log, call)),
  };
  const gossip: IGossipServer = { read: answering(async () => clusterOf(address())) };
  const features: IServerFeaturesServer = {
    getSupportedMethods: answering(async () =>
      supportedMethods([StreamsService, GossipService, ServerFeaturesService]),
    ),
  };
  const server = new Server({
    'grpc.max_receive_message_length': LARGEST_MESSAGE_BYTES,
    'grpc.max_send_message_length': LARGEST_MESSAGE_BYTES,
  });
  server.addService({ ...StreamsService, read: READ_AS_STORED }, { ...streams });
  server.addService(GossipService, gossip);
  server.addService(ServerFeaturesService, features);
  return server;
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

/** The read method, but for answers that are serialized already: that is how events are stored. */
const READ_AS_STORED: MethodDefinition<ReadReq, Uint8Array> = {
  ...StreamsService.read,
  responseSerialize: (response) => Buffer.from(response.buffer, response.byteOffset, response.byteLength),
  responseDeserialize: (bytes) => bytes,
};
