import { type AgencyEntry, keys } from '@claw/contracts';
import { Injectable } from '@nestjs/common';
import { AccessBucket } from './access-bucket';
import { AccessDirectory } from './access-directory';

/** Whether an agency may change something now. */
@Injectable()
export class AgencyStanding {
  constructor(
    private readonly directory: AccessDirectory,
    private readonly access: AccessBucket,
  ) {}

  /** From memory; before an agency is taken for missing or inactive the bucket is read once. Throws `Unavailable`. */
  async of(agencyId: string): Promise<AgencyEntry | undefined> {
    const known = this.directory.agency(agencyId);
    if (known?.status === 'active') return known;
    const stored = await this.access.bucket.get(keys.agency(agencyId));
    return stored && 'helpText' in stored.value ? stored.value : known;
  }
}
