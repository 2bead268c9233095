import type { StatusObject } from '@grpc/grpc-js';
import { LogUnavailable } from '../log/event-log';
import { ServiceError, unavailable } from '../wire/service-errors';

/** What a failure is to the client: a refusal as it is, anything else without its insides. */
export const failureStatus = (error: unknown): Error & Partial<StatusObject> => {
  if (error instanceof ServiceError) return error;
  return unavailable(error instanceof LogUnavailable ? error.message : 'the server failed');
};
