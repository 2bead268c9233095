import { Controller } from '@nestjs/common';
import { agentOperations as operations, type AnswerOf, type InputOf, routingCalls } from '@claw/contracts';
import type { SubaccountCaller } from '../http/api-request';
import { Endpoint } from '../http/endpoint.decorator';
import { Caller, Input } from '../http/input.decorator';
import { Services } from '../http/services';
import { chatBody, messageBody } from './ledger.bodies';
import { ownerOf } from './owner-of';

/** What a subaccount has sent and got, as the ledger tells it; a suspended one may read on. */
@Controller()
export class LedgerController {
  constructor(private readonly services: Services) {}

  @Endpoint(operations.listMessages)
  async list(
    @Input() { query: { chat, ...query } }: InputOf<typeof operations.listMessages>,
    @Caller() caller: SubaccountCaller,
  ): Promise<AnswerOf<typeof operations.listMessages>> {
    const wish = { ...ownerOf(caller), ...query, chatId: chat };
    const { data, nextCursor } = await this.services.ask(routingCalls.listMessages, wish, caller);
    return { data: data.map(messageBody), next_cursor: nextCursor };
  }

  @Endpoint(operations.getMessage)
  async get(
    @Input() { params }: InputOf<typeof operations.getMessage>,
    @Caller() caller: SubaccountCaller,
  ): Promise<AnswerOf<typeof operations.getMessage>> {
    const wish = { ...ownerOf(caller), messageId: params.id };
    return messageBody(await this.services.ask(routingCalls.getMessage, wish, caller));
  }

  @Endpoint(operations.listChats)
  async chats(
    @Input() { query }: InputOf<typeof operations.listChats>,
    @Caller() caller: SubaccountCaller,
  ): Promise<AnswerOf<typeof operations.listChats>> {
    const wish = { ...ownerOf(caller), ...query };
    const { data, nextCursor } = await this.services.ask(routingCalls.listChats, wish, caller);
    return { data: data.map(chatBody), next_cursor: nextCursor };
  }
}
