import { accept, type Decision, type Instant } from '@claw/kernel';
import type { IssuedKey } from '../issued-key';
import { factOf, whileOpen, type Subaccount } from './subaccount';
import type { SubaccountKeyRotated } from './subaccount-event';

export interface RotateSubaccountKey {
  readonly key: IssuedKey;
}

export const rotateSubaccountKey = (
  subaccount: Subaccount,
  { key }: RotateSubaccountKey,
  now: Instant,
): Decision<SubaccountKeyRotated, 'not_found'> =>
  whileOpen(subaccount, () =>
    accept({ type: 'SubaccountKeyRotated', data: { ...factOf(subaccount, now), key } }),
  );
