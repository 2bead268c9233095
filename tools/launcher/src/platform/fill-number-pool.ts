import { operatorPost } from './operator-api';
import { frontUrl } from './plan';
import type { Plan } from './plan';

const firstNumber = 15_005_550_000;
const poolSize = 1_000;
const patienceMs = 20_000;

/** The simulated carrier's sending numbers: +15005550000 to +15005550999. */
export const simulatedNumbers: readonly string[] = Array.from(
  { length: poolSize },
  (_, index) => `+${firstNumber + index}`,
);

/** Gives the platform its sending numbers; those it has already are left as they are. */
export const fillNumberPool = async (plan: Plan): Promise<void> => {
  const access = { api: frontUrl(plan), operator_token: plan.secrets.operator_token };
  await operatorPost(access, '/api/operator/numbers', { phone_numbers: simulatedNumbers }, patienceMs);
};
