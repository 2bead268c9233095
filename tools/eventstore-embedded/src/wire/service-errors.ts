import { Metadata, status } from '@grpc/grpc-js';
import type { StatusObject } from '@grpc/grpc-js';
import type { ExpectedRevision } from '../rules/check-append';

/** A refusal as gRPC carries it: what clients know it by is in its trailers. */
export class ServiceError extends Error implements StatusObject {
  readonly details: string;
  readonly metadata = new Metadata();

  constructor(
    readonly code: status,
    details: string,
    /** The name that EventStoreDB's clients know the refusal by. */
    readonly exception?: string,
    trailers: Readonly<Record<string, string>> = {},
  ) {
    super(details);
    this.name = 'ServiceError';
    this.details = details;
    if (exception !== undefined) this.metadata.set('exception', exception);
    for (const [name, value] of Object.entries(trailers)) this.metadata.set(name, value);
  }
}

export const invalidArgument = (details: string): ServiceError =>
  new ServiceError(status.INVALID_ARGUMENT, details);

export const unavailable = (details: string): ServiceError => new ServiceError(status.UNAVAILABLE, details);

export const deadlineExceeded = (): ServiceError =>
  new ServiceError(status.DEADLINE_EXCEEDED, 'the deadline has passed');

export const streamDeleted = (stream: string): ServiceError =>
  new ServiceError(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, 'stream-deleted', {
    'stream-name': trailerText(stream),
  });

export const accessDenied = (stream: string): ServiceError =>
  new ServiceError(status.PERMISSION_DENIED, 'Access Denied.', 'access-denied', {
    'stream-name': trailerText(stream),
  });

/** `actual` is -1 where the stream has no events. */
export const wrongExpectedVersion = (
  stream: string,
  expected: ExpectedRevision,
  actual: number,
): ServiceError =>
  new ServiceError(
    status.FAILED_PRECONDITION,
    `Append failed due to WrongExpectedVersion. Stream: ${stream}, Expected version: ${expected}, Actual version: ${actual}`,
    'wrong-expected-version',
    {
      'stream-name': trailerText(stream),
      'expected-version': String(EXPECTED_VERSIONS[String(expected)] ?? expected),
      ...(actual < 0 ? {} : { 'actual-version': String(actual) }),
    },
  );

export const maximumAppendSizeExceeded = (bytes: number): ServiceError =>
  new ServiceError(
    status.INVALID_ARGUMENT,
    `Maximum Append Size of ${bytes} Exceeded.`,
    'maximum-append-size-exceeded',
    {
      'maximum-append-size': String(bytes),
    },
  );

/** What every event has to say of itself. */
const REQUIRED_PROPERTIES = ['type', 'content-type'];

export const missingMetadataProperty = (): ServiceError =>
  new ServiceError(
    status.INVALID_ARGUMENT,
    `Required Metadata Property is missing: one of ${REQUIRED_PROPERTIES.join(', ')}`,
    'missing-required-metadata-property',
    { 'required-metadata-properties': REQUIRED_PROPERTIES.join(',') },
  );

const EXPECTED_VERSIONS: Readonly<Record<string, number>> = { no_stream: -1, any: -2, stream_exists: -4 };

/** Trailers are ASCII, stream names are not: what else there is in a name is percent-encoded. */
const trailerText = (text: string): string => (/^[\x20-\x7e]*$/.test(text) ? text : encodeURIComponent(text));
