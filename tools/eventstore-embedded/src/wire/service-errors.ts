import { Metadata, status } from '@grpc/grpc-js';
import type { StatusObject } from '@grpc/grpc-js';
import { Code } from '@eventstore/db-client/generated/code_pb';
import {
  AccessDenied,
  BadRequest,
  MaximumAppendSizeExceeded,
  StreamDeleted,
  Timeout,
  WrongExpectedVersion,
} from '@eventstore/db-client/generated/shared_pb';
import { Status } from '@eventstore/db-client/generated/status_pb';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import type { ExpectedRevision } from '../rules/check-append';
import { conflict } from './append-answers';
import { streamIdentifier } from './identifiers';

/** A refusal as gRPC carries it: what clients know it by is in its trailers, or in the status of an append in a batch. */
export class ServiceError extends Error implements StatusObject {
  readonly metadata = new Metadata();

  constructor(
    readonly code: status,
    readonly details: string,
    /** Beside others the `exception`, the name that EventStoreDB's clients know the refusal by. */
    trailers: Readonly<Record<string, string>> = {},
    readonly inBatch = batchStatus(
      Code.INVALID_ARGUMENT,
      'BadRequest',
      new BadRequest().setMessage(details),
    ).setMessage(details),
  ) {
    super(details);
    this.name = 'ServiceError';
    for (const [name, value] of Object.entries(trailers)) this.metadata.set(name, trailerText(value));
  }
}

/** What a failure is to the client: a refusal as it is, anything else without its insides. */
export const failureStatus = (error: unknown): ServiceError =>
  error instanceof ServiceError ? error : unavailable('the server failed');

const batchStatus = (code: Code, type: string, detail: { serializeBinary(): Uint8Array }): Status => {
  const packed = new Any();
  packed.pack(detail.serializeBinary(), `event_store.client.${type}`);
  return new Status().setCode(code).setMessage(type).setDetails(packed);
};

export const invalidArgument = (details: string): ServiceError =>
  new ServiceError(status.INVALID_ARGUMENT, details);

export const unavailable = (details: string): ServiceError => new ServiceError(status.UNAVAILABLE, details);

export const deadlineExceeded = (): ServiceError =>
  new ServiceError(
    status.DEADLINE_EXCEEDED,
    'the deadline has passed',
    {},
    batchStatus(Code.DEADLINE_EXCEEDED, 'Timeout', new Timeout()),
  );

export const streamDeleted = (stream: string): ServiceError =>
  new ServiceError(
    status.FAILED_PRECONDITION,
    `Event stream '${stream}' is deleted.`,
    { exception: 'stream-deleted', 'stream-name': stream },
    batchStatus(
      Code.NOT_FOUND,
      'StreamDeleted',
      new StreamDeleted().setStreamIdentifier(streamIdentifier(stream)),
    ),
  );

export const accessDenied = (stream: string): ServiceError =>
  new ServiceError(
    status.PERMISSION_DENIED,
    'Access Denied.',
    { exception: 'access-denied', 'stream-name': stream },
    batchStatus(Code.PERMISSION_DENIED, 'AccessDenied', new AccessDenied()),
  );

/** `actual` is -1 where the stream has no events. */
export const wrongExpectedVersion = (
  stream: string,
  expected: ExpectedRevision,
  actual: number,
): ServiceError =>
  new ServiceError(
    status.FAILED_PRECONDITION,
    `Append failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`,
    {
      exception: 'wrong-expected-version',
      'stream-name': stream,
      'expected-version': String(EXPECTED_VERSIONS[String(expected)] ?? expected),
      ...(actual < 0 ? {} : { 'actual-version': String(actual) }),
    },
    batchStatus(
      Code.ALREADY_EXISTS,
      'WrongExpectedVersion',
      conflict(new WrongExpectedVersion(), new Empty(), expected, actual, {
        expected: (message, revision) => message.setExpectedStreamPosition(revision),
        actual: (message, revision) => message.setCurrentStreamRevision(revision),
      }),
    ),
  );

export const maximumAppendSizeExceeded = (bytes: number): ServiceError =>
  new ServiceError(
    status.INVALID_ARGUMENT,
    `Maximum Append Size of ${bytes} Exceeded.`,
    { exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(bytes) },
    batchStatus(
      Code.INVALID_ARGUMENT,
      'MaximumAppendSizeExceeded',
      new MaximumAppendSizeExceeded().setMaxappendsize(bytes),
    ),
  );

/** What every event has to say of itself. */
const REQUIRED_PROPERTIES = 'type,content-type';

export const missingMetadataProperty = (): ServiceError =>
  new ServiceError(
    status.INVALID_ARGUMENT,
    `Required Metadata Property is missing: one of ${REQUIRED_PROPERTIES}`,
    {
      exception: 'missing-required-metadata-property',
      'required-metadata-properties': REQUIRED_PROPERTIES,
    },
  );

const EXPECTED_VERSIONS: Readonly<Record<string, number>> = { no_stream: -1, any: -2, stream_exists: -4 };

/** Trailers are ASCII, stream names are not: what else there is in a name is percent-encoded. */
const trailerText = (text: string): string => (/^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text));
