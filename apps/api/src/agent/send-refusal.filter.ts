import { Catch } from '@nestjs/common';
import { sendBodySchema } from '@claw/contracts';
import { newId } from '@claw/kernel';
import type { ApiRequest } from '../http/api-request';
import { ProblemFilter } from '../http/problem.filter';

/** A refused send says so as on the socket, whoever refused it: `ok` is false, and `id` says which send it was. */
@Catch()
export class SendRefusalFilter extends ProblemFilter {
  protected override membersOf(request: ApiRequest): Record<string, unknown> {
    return { ok: false, id: request.sendId ?? givenId(request) ?? newId() };
  }
}

/** The caller's own id in a body that nobody has looked at yet. */
const givenId = ({ body }: ApiRequest): string | undefined => {
  const id: unknown = typeof body === 'object' && body !== null && 'id' in body ? body.id : undefined;
  return sendBodySchema.shape.id.safeParse(id).data;
};
