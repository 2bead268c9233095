import { tenancyCalls as calls } from '@claw/contracts';
import { Answers } from '@claw/messaging';
import { Controller } from '@nestjs/common';
import type { RequestOf } from '../calls';
import { AuditQueries } from './audit.queries';

/** What other services ask about who did what. */
@Controller()
export class AuditController {
  constructor(private readonly queries: AuditQueries) {}

  @Answers(calls.subaccountHistory)
  subaccount(request: RequestOf<'subaccountHistory'>) {
    return this.queries.ofSubaccount(request);
  }

  @Answers(calls.agencyEvents)
  agency(request: RequestOf<'agencyEvents'>) {
    return this.queries.ofAgency(request);
  }
}
