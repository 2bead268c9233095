import { Metadata, status, type StatusObject } from '@grpc/grpc-js';
import { Code } from '@eventstore/db-client/generated/code_pb';
import * as shared from '@eventstore/db-client/generated/shared_pb';
import { Status } from '@eventstore/db-client/generated/status_pb';
import { Any } from 'google-protobuf/google/protobuf/any_pb';
import type { ExpectedRevision } from '../rules/check-append';
import { conflictInBatch } from './answers';
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
      new shared.BadRequest().setMessage(details),
    ).setMessage(details),
  ) {
    super(details);
    this.name = 'ServiceError';
    for (const [name, value] of Object.entries(trailers)) this.metadata.set(name, trailerText(value));
  }
}

/** Trailers are ASCII, stream names are not: what else there is in a name is percent-encoded. */
const trailerText = (text: string): string => (/^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text));

const batchStatus = (code: Code, type: string, detail: { serializeBinary(): Uint8Array }): Status => {
  const packed = new Any();
  packed.pack(detail.serializeBinary(), `event_store.client.${type}`);
  return new Status().setCode(code).setMessage(type).setDetails(packed);
};

/** What a failure is to the client: a refusal as it is, anything else without its insides. */
export const failureStatus = (error: unknown): ServiceError =>
  error instanceof ServiceError ? error : unavailable('the server failed');

export const invalidArgument = (details: string): ServiceError =>
  new ServiceError(status.INVALID_ARGUMENT, details);

export const unavailable = (details: string): ServiceError => new ServiceError(status.UNAVAILABLE, details);

export const deadlineExceeded = (): ServiceError =>
  new ServiceError(
    status.DEADLINE_EXCEEDED,
    'the deadline has passed',
    {},
    batchStatus(Code.DEADLINE_EXCEEDED, 'Timeout', new shared.Timeout()),
  );

export const accessDenied = (stream: string): ServiceError =>
  new ServiceError(
    status.PERMISSION_DENIED,
    'Access Denied.',
    { exception: 'access-denied', 'stream-name': stream },
    batchStatus(Code.PERMISSION_DENIED, 'AccessDenied', new shared.AccessDenied()),
  );

export const streamDeleted = (stream: string): ServiceError => {
  const detail = new shared.StreamDeleted().setStreamIdentifier(streamIdentifier(stream));
  return new ServiceError(
    status.FAILED_PRECONDITION,
    `Event stream '${stream}' is deleted.`,
    { exception: 'stream-deleted', 'stream-name': stream },
    batchStatus(Code.NOT_FOUND, 'StreamDeleted', detail),
  );
};

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
      'expected-version': String(typeof expected === 'bigint' ? expected : EXPECTED_VERSIONS[expected]),
      ...(actual < 0 ? {} : { 'actual-version': String(actual) }),
    },
    batchStatus(Code.ALREADY_EXISTS, 'WrongExpectedVersion', conflictInBatch(expected, actual)),
  );

const EXPECTED_VERSIONS = { no_stream: -1, any: -2, stream_exists: -4 };

export const maximumAppendSizeExceeded = (bytes: number): ServiceError => {
  const detail = new shared.MaximumAppendSizeExceeded().setMaxappendsize(bytes);
  return new ServiceError(
    status.INVALID_ARGUMENT,
    `Maximum Append Size of ${bytes} Exceeded.`,
    { exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(bytes) },
    batchStatus(Code.INVALID_ARGUMENT, 'MaximumAppendSizeExceeded', detail),
  );
};

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
