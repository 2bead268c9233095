import { EventLog, EventStore } from '@claw/event-store';
import { type Rebuilt, rebuildBucket } from '@claw/messaging';
import type { TenancyEvent } from '@claw/tenancy-domain';
import { Injectable } from '@nestjs/common';
import { AccessBucket } from '../access/access-bucket';
import type { AccessRecord } from '../access/access-entries';
import { tenancyCodec } from '../log/tenancy-codec';
import { accessOf } from '../projection/projected';
import { foldLog } from './fold-log';

/** Makes the `access` bucket what the log says, while it is read and written. */
@Injectable()
export class RebuildAccessHandler {
  private readonly log: EventLog<TenancyEvent>;

  constructor(
    private readonly access: AccessBucket,
    store: EventStore,
  ) {
    this.log = new EventLog(store, tenancyCodec);
  }

  /** Throws `Unavailable`; begun again it goes on where it matters. */
  async handle(): Promise<Rebuilt> {
    return rebuildBucket(this.access.bucket, () => this.desired());
  }

  private async *desired(): AsyncGenerator<AccessRecord, void, void> {
    for (const projected of await foldLog(this.log)) yield* accessOf(projected);
  }
}
