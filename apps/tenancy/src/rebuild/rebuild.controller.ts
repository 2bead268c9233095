import { tenancyCalls as calls } from '@claw/contracts';
import { Answers } from '@claw/messaging';
import { Controller } from '@nestjs/common';
import { answered, type RequestOf } from '../calls';
import { RebuildAccessHandler } from './rebuild-access.handler';
import { RebuildTablesHandler } from './rebuild-tables.handler';

/** Rebuilds a projection from the log, in place. */
@Controller()
export class RebuildController {
  constructor(
    private readonly access: RebuildAccessHandler,
    private readonly tables: RebuildTablesHandler,
  ) {}

  @Answers(calls.rebuild)
  async rebuild({ projection }: RequestOf<'rebuild'>) {
    return answered(await (projection === 'access' ? this.access : this.tables).handle());
  }
}
