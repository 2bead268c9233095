import { z } from 'zod';
import { e164Schema, phoneNumberSchema } from '../phone-number';
import { emailSchema, nameSchema } from '../tenancy-calls';
import type { RestOperation } from './operation';
import { agencySchema, idParamSchema, pageOf, pageQuerySchema, restLimitsSchema } from './shapes';

const operator = { access: 'operator', rate: 'requests', status: 200 } as const;
const agencyRow = agencySchema.omit({ usage: true }).meta({ id: 'AgencyRow' });

/** What the operator's token opens. */
export const operatorOperations = {
  registerAgency: {
    ...operator,
    id: 'registerAgency',
    method: 'POST',
    path: '/api/operator/agencies',
    summary: 'Make an active agency, without invitation or card',
    body: z.object({ name: nameSchema, email: emailSchema }),
    answer: z.object({
      agency_id: z.uuid(),
      name: z.string(),
      email: z.string(),
      api_key: z.string().optional().meta({ description: 'Shown once.' }),
      key_prefix: z.string(),
      sending_number: e164Schema,
    }),
    refusals: ['no_sending_number'],
    replayable: true,
  },
  listAgencies: {
    ...operator,
    id: 'listAgencies',
    method: 'GET',
    path: '/api/operator/agencies',
    summary: 'List agencies, newest first',
    query: pageQuerySchema,
    answer: pageOf(agencyRow),
  },
  changeAgencyLimits: {
    ...operator,
    id: 'changeAgencyLimits',
    method: 'PATCH',
    path: '/api/operator/agencies/:id',
    summary: "Override an agency's volume limits; what isn't named goes back to its default",
    params: idParamSchema,
    body: z.object({ limits: restLimitsSchema.partial() }),
    answer: agencyRow,
  },
  suspendAgency: {
    ...operator,
    id: 'suspendAgency',
    method: 'POST',
    path: '/api/operator/agencies/:id/suspend',
    summary: 'Stop an agency and all its subaccounts',
    params: idParamSchema,
    answer: agencyRow,
  },
  reactivateAgency: {
    ...operator,
    id: 'reactivateAgency',
    method: 'POST',
    path: '/api/operator/agencies/:id/reactivate',
    summary: "Take back the operator's suspension",
    params: idParamSchema,
    answer: agencyRow,
  },
  addSendingNumbers: {
    ...operator,
    id: 'addSendingNumbers',
    method: 'POST',
    path: '/api/operator/numbers',
    summary: 'Fill the pool of sending numbers; a known one is left as it is',
    body: z.object({ phone_numbers: z.array(phoneNumberSchema).min(1).max(1_000) }),
    answer: z.object({ added: z.number().int(), available: z.number().int() }),
  },
} as const satisfies Record<string, RestOperation>;
