import { idOf } from '@claw/kernel';
import type { LinqAPIV3 } from '@linqapp/sdk';
import type { FastifyInstance } from 'fastify';

/** The lines that the partner has: +15005550000 to +15005550999. Any other number works as a line too. */
const POOL = Array.from({ length: 1_000 }, (_, index) => `+1500555${String(index).padStart(4, '0')}`);

const NAMESPACE = '9b6f2c1e-55c1-4b0e-9a58-0f6f0f1a7c11';
const REPUTATION = {
  status: 'HEALTHY',
  doc_url: 'https://docs.linqapp.com/guides/phone-numbers/phone-reputation',
} as const;

const PHONE_NUMBERS: LinqAPIV3.PhoneNumberListResponse = {
  phone_numbers: POOL.map((phone_number) => ({
    id: idOf(NAMESPACE, phone_number),
    phone_number,
    forwarding_number: null,
    health_status: REPUTATION,
    reputation: REPUTATION,
  })),
};

export const phoneNumberRoutes = (app: FastifyInstance): void => {
  app.get('/phone_numbers', async () => PHONE_NUMBERS);
};
