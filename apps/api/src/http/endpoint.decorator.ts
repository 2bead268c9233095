import { applyDecorators, HttpCode, RequestMapping, RequestMethod, SetMetadata } from '@nestjs/common';
import type { RestOperation } from '@claw/contracts';

export const operationKey = 'claw:operation';

/** Routes an operation of the HTTP contract to a handler: path, status, access, limits and validation follow from it. */
export const Endpoint = (operation: RestOperation): MethodDecorator =>
  applyDecorators(
    RequestMapping({
      path: [operation.path, ...(operation.aliases ?? [])],
      method: RequestMethod[operation.method],
    }),
    HttpCode(operation.status),
    SetMetadata(operationKey, operation),
  );
