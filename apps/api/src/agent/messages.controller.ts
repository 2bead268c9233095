import { Controller, Req, UseFilters } from '@nestjs/common';
import {
  agentOperations as operations,
  type AnswerOf,
  gatewayCalls,
  type InputOf,
  type SendBody,
  type SendFrame,
  type SendRefused,
} from '@claw/contracts';
import { epochMs, idOf, newId } from '@claw/kernel';
import type { ApiRequest, SubaccountCaller } from '../http/api-request';
import { Endpoint } from '../http/endpoint.decorator';
import { Caller, Input } from '../http/input.decorator';
import { ProblemError } from '../http/problem.error';
import { Services } from '../http/services';
import { providedKeyOf } from '../idempotency/idempotency-key';
import { PhoneRoutes } from '../routes/phone-routes';
import { ownerOf } from './owner-of';
import { SendRefusalFilter } from './send-refusal.filter';

/** Sending over HTTP: the gateway accepts or refuses as on the socket. */
@Controller()
@UseFilters(SendRefusalFilter)
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
    return this.accept({ ...body, ...providedKeyOf(request) }, caller, request);
  }

  @Endpoint(operations.sendText)
  async sendText(
    @Input() { body }: InputOf<typeof operations.sendText>,
    @Caller() caller: SubaccountCaller,
    @Req() request: ApiRequest,
  ): Promise<AnswerOf<typeof operations.sendText>> {
    const to = body.phone_number;
    const key = providedKeyOf(request);
    if (body.claim_route) await this.routes.claim(ownerOf(caller), to, caller);
    const parts: SendBody['parts'] = [{ type: 'text', value: body.text }];
    return this.accept({ to: [to], parts, ...key }, caller, request);
  }

  private async accept(send: SendBody, caller: SubaccountCaller, request: ApiRequest) {
    const id = (request.sendId = send.id ?? madeIdOf(send, caller));
    const frame: SendFrame = { ...send, type: 'send', id };
    const result = await this.services.ask(gatewayCalls.send, { ...ownerOf(caller), frame }, caller);
    if (result.ok) return result;
    throw refusedSend(result);
  }
}

/** Fixed for ever: the same send has the same id also after a new version was rolled out. */
const sendNamespace = 'e3840480-0f2e-418a-85c3-7dc8dee79f16';

/** With an idempotency key the same id each time, so that the first answer comes again to the letter. */
const madeIdOf = ({ idempotencyKey }: SendBody, { subaccountId }: SubaccountCaller): string =>
  idempotencyKey === undefined ? newId() : idOf(sendNamespace, subaccountId, idempotencyKey);

const refusedSend = (result: SendRefused): ProblemError =>
  new ProblemError(
    result.errorCode === 'invalid_frame' ? 'invalid_request' : result.errorCode,
    result.error,
    {
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
