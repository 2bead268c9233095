import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { RestOperation } from '@claw/contracts';
import type { Observable } from 'rxjs';
import type { z } from 'zod';
import type { ApiRequest } from './api-request';
import { operationKey } from './endpoint.decorator';
import { notFound, ProblemError } from './problem.error';

/** Parses params, query and body by the operation's schemas; what doesn't fit is refused before anything happens. */
@Injectable()
export class ValidateInterceptor implements NestInterceptor {
  constructor(private readonly reflector: Reflector) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const operation = this.reflector.get<RestOperation | undefined>(operationKey, context.getHandler());
    if (operation !== undefined) {
      const request = context.switchToHttp().getRequest<ApiRequest>();
      request.input = inputOf(operation, request);
    }
    return next.handle();
  }
}

const inputOf = (operation: RestOperation, request: ApiRequest): ApiRequest['input'] => {
  const params = operation.params?.safeParse(request.params);
  // An id that can't be one names nothing.
  if (params?.success === false && params.error.issues.some((issue) => issue.path[0] === 'id')) {
    throw notFound('thing');
  }
  const errors: { field: string; message: string }[] = [];
  const read = (schema: z.ZodType | undefined, value: unknown): unknown => {
    const result = schema?.safeParse(value);
    if (result?.success === false) errors.push(...result.error.issues.map(fieldError));
    return result?.data;
  };
  const input = {
    params: read(operation.params, request.params),
    query: read(operation.query, request.query),
    body: read(operation.body, operation.body === undefined ? undefined : (request.body ?? {})),
  };
  if (errors.length > 0) {
    throw new ProblemError('invalid_request', sentence(errors), { errors });
  }
  return input;
};

const fieldError = (issue: z.core.$ZodIssue): { field: string; message: string } => {
  const deepest = issue.code === 'invalid_union' ? issue.errors.flat().at(0) : undefined;
  const { path, message } = deepest ?? issue;
  return { field: path.map(String).join('.') || 'body', message };
};

const sentence = (errors: readonly { field: string; message: string }[]): string => {
  const [first, ...rest] = errors;
  const more = rest.length > 0 ? ` (and ${rest.length} more)` : '';
  return `${first?.field}: ${first?.message}${more}`;
};
