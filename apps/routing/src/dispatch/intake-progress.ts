import { partitionCount, streams, subjects } from '@claw/contracts';
import { faultOf, NatsLink } from '@claw/messaging';
import { Injectable } from '@nestjs/common';
import { PartitionTable } from '../ledger/partition-table';

/** How far the ledger is behind OUTBOUND, whoever owns the partitions. */
@Injectable()
export class IntakeProgress {
  constructor(
    private readonly nats: NatsLink,
    private readonly partitions: PartitionTable,
  ) {}

  /** Whether everything that a subaccount has in OUTBOUND by now is in the ledger. Throws `Unavailable`. */
  async isLevel(subaccountId: string): Promise<boolean> {
    const newest = await this.newestOf(subaccountId);
    const taken = await this.partitions.takenUpTo();
    return newest.every(([partition, seq]) => seq <= (taken.get(partition) ?? 0));
  }

  /** The last sequence in each partition where the subaccount has anything. */
  private async newestOf(subaccountId: string): Promise<readonly (readonly [number, number])[]> {
    const { name } = streams.outbound;
    try {
      const { streams: api } = await this.nats.manager();
      const { state } = await api.info(name, { subjects_filter: subjects.outboundOf(subaccountId) });
      const used = Array.from({ length: partitionCount }, (_, partition) => partition).filter(
        (partition) => state.subjects?.[subjects.outboundIn(partition, subaccountId)] !== undefined,
      );
      return await Promise.all(
        used.map(async (partition) => {
          const subject = subjects.outboundIn(partition, subaccountId);
          const { seq } = await api.getMessage(name, { last_by_subj: subject });
          return [partition, seq] as const;
        }),
      );
    } catch (error) {
      throw faultOf('OUTBOUND', error);
    }
  }
}
