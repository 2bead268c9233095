import { z } from 'zod';
import { operatorPost } from '../platform/operator-api';
import { dataFolder } from '../state/data-folder';
import { requireRun } from '../state/run-file';
import type { DataOption } from './options';

export interface AgencyOptions extends DataOption {
  readonly name: string;
  readonly email: string;
}

const agencySchema = z.object({
  agency_id: z.string(),
  name: z.string(),
  email: z.string(),
  api_key: z.string(),
  key_prefix: z.string(),
  sending_number: z.string(),
});
export type NewAgency = z.infer<typeof agencySchema>;

/** Makes an active agency on a running platform; its parent key is in the answer, and never shown again. */
export const agency = async ({ data, name, email }: AgencyOptions): Promise<NewAgency> => {
  const run = await requireRun(dataFolder(data));
  return agencySchema.parse(await operatorPost(run, '/api/operator/agencies', { name, email }));
};
