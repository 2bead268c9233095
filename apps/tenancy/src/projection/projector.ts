import type { Appended, EventMetadata } from '@claw/event-store';
import { Unavailable } from '@claw/kernel';
import type { TenancyEvent } from '@claw/tenancy-domain';
import { Injectable } from '@nestjs/common';
import { AccessBucket } from '../access/access-bucket';
import { AccessDirectory } from '../access/access-directory';
import { changedSince } from '../access/access-entries';
import { type AuditRecord, auditRecordOf } from '../audit/audit-record';
import { QueryTables } from '../tables/query-tables';
import { accessOf, type Projected } from './projected';
import { SettledEvents } from './settled-events';

/** Makes what a command has changed visible to every query, before the command answers. */
@Injectable()
export class Projector {
  constructor(
    private readonly access: AccessBucket,
    private readonly tables: QueryTables,
    private readonly directory: AccessDirectory,
    private readonly settled: SettledEvents,
  ) {}

  /**
   * Resolves once KV and tables tell of the state. Where nothing was appended all of it is written again, since the
   * command that did append may have died here. Throws `Unavailable` with an unknown outcome: the log has it, and
   * who follows the log will write it.
   */
  async project(
    projected: Projected,
    appended: readonly Appended<TenancyEvent>[],
    metadata: EventMetadata,
  ): Promise<void> {
    const first = appended[0]?.revision;
    const records = changedSince(accessOf(projected), Number(first ?? 0n));
    const outcomes = await Promise.allSettled([
      this.access.write(records, { fresh: first === 0n }),
      this.tables.writeAfterCommand(projected, trailOf(appended, metadata)),
    ]);
    this.directory.learn(records);
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw outcomeUnknown(failed.reason);
    // Of several events in one append only the last one's place is known: the rest is left to who follows the log.
    const [only, ...more] = appended;
    if (only && more.length === 0) this.settled.add(only.id);
  }
}

const trailOf = (
  appended: readonly Appended<TenancyEvent>[],
  metadata: EventMetadata,
): readonly AuditRecord[] =>
  appended.flatMap(({ appendPosition, ...event }) =>
    appendPosition ? [auditRecordOf({ ...event, position: appendPosition, metadata })] : [],
  );

const outcomeUnknown = (reason: unknown): unknown =>
  reason instanceof Unavailable ? new Unavailable(reason.part, true, { cause: reason }) : reason;
