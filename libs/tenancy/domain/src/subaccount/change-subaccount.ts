import { accept, type Decision, type Instant } from '@claw/kernel';
import { factOf, whileOpen, type Subaccount } from './subaccount';
import type { MessageLimitChanged, SubaccountDetailsChanged, SubaccountEvent } from './subaccount-event';

/** What isn't given stays. */
export interface ChangeSubaccount {
  readonly name?: string | undefined;
  readonly email?: string | null | undefined;
  readonly messageLimit?: number | undefined;
}

/** Records only what is really different. */
export const changeSubaccount = (
  subaccount: Subaccount,
  command: ChangeSubaccount,
  now: Instant,
): Decision<SubaccountEvent, 'not_found'> =>
  whileOpen(subaccount, () =>
    accept<SubaccountEvent>(
      ...detailsChanged(subaccount, command, now),
      ...limitChanged(subaccount, command, now),
    ),
  );

const detailsChanged = (
  subaccount: Subaccount,
  { name, email }: ChangeSubaccount,
  now: Instant,
): SubaccountDetailsChanged[] => {
  const newName = name !== undefined && name !== subaccount.name ? { name } : undefined;
  const newEmail = email !== undefined && email !== subaccount.email ? { email } : undefined;
  if (!newName && !newEmail) return [];
  return [
    { type: 'SubaccountDetailsChanged', data: { ...factOf(subaccount, now), ...newName, ...newEmail } },
  ];
};

const limitChanged = (
  subaccount: Subaccount,
  { messageLimit }: ChangeSubaccount,
  now: Instant,
): MessageLimitChanged[] =>
  messageLimit === undefined || messageLimit === subaccount.messageLimit
    ? []
    : [{ type: 'MessageLimitChanged', data: { ...factOf(subaccount, now), messageLimit } }];
