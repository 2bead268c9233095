import { Controller, Req } from '@nestjs/common';
import {
  agentOperations as operations,
  type AnswerOf,
  gatewayCalls,
  type InputOf,
  type SendFrame,
  type SendRefused,
} from '@claw/contracts';
import { epochMs, newId } from '@claw/kernel';
import type { ApiRequest, SubaccountCaller } from '../http/api-request';
import { Endpoint } from '../http/endpoint.decorator';
import { Caller, Input } from '../http/input.decorator';
import { ProblemError } from '../http/problem.error';
import { Services } from '../http/services';
import { providedKeyOf } from '../idempotency/idempotency-key';
import { PhoneRoutes } from '../routes/phone-routes';

/** Sending over HTTP: the gateway accepts or refuses as on the socket. */
@Controller()
export class MessagesController {
  constructor(
    private readonly services: Services,
    private readonly routes: PhoneRoutes,
  ) {}

  @Endpoint(operations.sendMessage)
  send(
    @Input() { body }: InputOf<typeof operations.sendMessage>,
    @Caller() caller: SubaccountCaller,
    @Req() request: ApiRequest,
  ): Promise<AnswerOf<typeof operations.sendMessage>> {
    return this.accept({ ...body, ...providedKeyOf(request), type: 'send', id: body.id ?? newId() }, caller);
  }

  @Endpoint(operations.sendText)
  async sendText(
    @Input() { body }: InputOf<typeof operations.sendText>,
    @Caller() caller: SubaccountCaller,
    @Req() request: ApiRequest,
  ): Promise<AnswerOf<typeof operations.sendText>> {
    const { agencyId, subaccountId } = caller;
    const to = body.phone_number;
    if (body.claim_route) await this.routes.claim({ agencyId, subaccountId }, to, caller);
    const parts: SendFrame['parts'] = [{ type: 'text', value: body.text }];
    return this.accept({ type: 'send', id: newId(), to: [to], parts, ...providedKeyOf(request) }, caller);
  }

  private async accept(frame: SendFrame, caller: SubaccountCaller) {
    const { agencyId, subaccountId } = caller;
    const result = await this.services.ask(gatewayCalls.send, { agencyId, subaccountId, frame }, caller);
    if (result.ok) return result;
    throw refusedSend(result);
  }
}

const refusedSend = (result: SendRefused): ProblemError =>
  new ProblemError(
    result.errorCode === 'invalid_frame' ? 'invalid_request' : result.errorCode,
    result.error,
    {
      members: { ok: false, id: result.id },
      ...(result.resets_at === undefined ? {} : { resets_at: result.resets_at }),
      ...(result.phone_numbers === undefined ? {} : { phone_numbers: result.phone_numbers }),
      ...retryAfter(result),
    },
  );

/** Where waiting helps: until the limiter lets go, or the month ends. */
const retryAfter = ({ retry_after_ms: waitMs, resets_at: resetsAt }: SendRefused) => {
  if (waitMs !== undefined) return { retryAfterSeconds: waitMs / 1_000 };
  return resetsAt === undefined ? {} : { retryAfterSeconds: (epochMs(resetsAt) - Date.now()) / 1_000 };
};
