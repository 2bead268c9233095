import { idOf } from '@claw/kernel';
import type { LinqAPIV3 } from '@linqapp/sdk';
import type { FastifyInstance } from 'fastify';
import { reputationOf } from '../model/line';
import type { Lines } from '../network/lines';
import type { PartnerApiParts } from './partner-api-parts';

/** The lines that the partner has: +15005550000 to +15005550999. Any other number works as a line too. */
const POOL = Array.from({ length: 1_000 }, (_, index) => `+1500555${String(index).padStart(4, '0')}`);

const NAMESPACE = '9b6f2c1e-55c1-4b0e-9a58-0f6f0f1a7c11';
const REPUTATION_GUIDE = 'https://docs.linqapp.com/guides/phone-numbers/phone-reputation';

const toPhoneNumber = (phone_number: string, lines: Lines): LinqAPIV3.PhoneNumberListResponse.PhoneNumber => {
  const reputation = { status: reputationOf(lines.statusOf(phone_number)), doc_url: REPUTATION_GUIDE };
  return {
    id: idOf(NAMESPACE, phone_number),
    phone_number,
    forwarding_number: null,
    health_status: reputation,
    reputation,
  };
};

/** The pool, and what other lines something was said of. */
export const phoneNumberRoutes = (app: FastifyInstance, { lines }: PartnerApiParts): void => {
  app.get('/phone_numbers', async () => {
    const numbers = new Set([...POOL, ...lines.list().map(({ phone_number }) => phone_number)]);
    return { phone_numbers: [...numbers].map((number) => toPhoneNumber(number, lines)) };
  });
};
