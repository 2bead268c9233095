import {
  type CallResult,
  type ClaimOutcome,
  routingCalls,
  type RouteView,
  type UsageRow,
} from '@claw/contracts';
import type { Month } from '@claw/kernel';
import { type AnswerContext, Answers, type Rebuilt } from '@claw/messaging';
import { Controller } from '@nestjs/common';
import type { z } from 'zod';
import { RebuildOptoutsHandler } from './consent/rebuild-optouts/rebuild-optouts.handler';
import { ListMessagesHandler } from './list-messages/list-messages.handler';
import { GiveSignalHandler } from './give-signal/give-signal.handler';
import { UsageQuery } from './ledger/usage.query';
import { ClaimRoutesHandler } from './phone-routes/claim-routes/claim-routes.handler';
import { ListRoutesHandler } from './phone-routes/list-routes/list-routes.handler';
import { RebuildRoutesHandler } from './phone-routes/rebuild-routes/rebuild-routes.handler';
import { ReleaseRouteHandler } from './phone-routes/release-route/release-route.handler';
import { RouteTable } from './phone-routes/route-table';

type Request<Name extends keyof typeof routingCalls> = z.output<(typeof routingCalls)[Name]['request']>;

/** What other services may ask of this one. */
@Controller()
export class RoutingController {
  private readonly rebuilds: Record<Request<'rebuild'>['projection'], { handle(): Promise<Rebuilt> }>;

  constructor(
    private readonly claims: ClaimRoutesHandler,
    private readonly releases: ReleaseRouteHandler,
    private readonly lists: ListRoutesHandler,
    private readonly signals: GiveSignalHandler,
    private readonly messages: ListMessagesHandler,
    private readonly table: RouteTable,
    private readonly usages: UsageQuery,
    routes: RebuildRoutesHandler,
    optouts: RebuildOptoutsHandler,
  ) {
    this.rebuilds = { routes, optouts };
  }

  @Answers(routingCalls.claimRoutes)
  claimRoutes(
    request: Request<'claimRoutes'>,
    context: AnswerContext,
  ): Promise<CallResult<{ outcomes: ClaimOutcome[] }>> {
    return this.claims.handle(request, context);
  }

  @Answers(routingCalls.releaseRoute)
  releaseRoute(
    request: Request<'releaseRoute'>,
    context: AnswerContext,
  ): Promise<CallResult<Record<string, never>>> {
    return this.releases.handle(request, context);
  }

  @Answers(routingCalls.listRoutes)
  listRoutes(
    request: Request<'listRoutes'>,
  ): Promise<CallResult<{ data: RouteView[]; nextCursor: string | null }>> {
    return this.lists.handle(request);
  }

  @Answers(routingCalls.countRoutes)
  async countRoutes({ subaccountId }: Request<'countRoutes'>): Promise<CallResult<{ routes: number }>> {
    return { ok: true, value: { routes: await this.table.count(subaccountId) } };
  }

  @Answers(routingCalls.usage)
  async usage({
    agencyId,
    month,
    subaccountId,
  }: Request<'usage'>): Promise<CallResult<{ rows: UsageRow[] }>> {
    const rows = await this.usages.ofMonth(agencyId, month as Month, subaccountId);
    return { ok: true, value: { rows: [...rows] } };
  }

  @Answers(routingCalls.listMessages)
  listMessages(request: Request<'listMessages'>) {
    return this.messages.messages(request);
  }

  @Answers(routingCalls.getMessage)
  getMessage(request: Request<'getMessage'>) {
    return this.messages.message(request);
  }

  @Answers(routingCalls.listChats)
  listChats(request: Request<'listChats'>) {
    return this.messages.chats(request);
  }

  @Answers(routingCalls.signal)
  signal(request: Request<'signal'>): Promise<CallResult<{ given: boolean }>> {
    return this.signals.handle(request);
  }

  @Answers(routingCalls.rebuild)
  async rebuild({ projection }: Request<'rebuild'>): Promise<CallResult<Rebuilt>> {
    return { ok: true, value: await this.rebuilds[projection].handle() };
  }
}
