import { assertNever } from '@claw/kernel';
import type { SuspensionReason, TenancyEvent } from '@claw/tenancy-domain';
import type { RouteEvent } from './route-event';

/** What happened, as a sentence for people: never more than the event says, and never a key. */
export const summaryOf = ({ type, data }: TenancyEvent): string => {
  switch (type) {
    case 'AgencyRegistered':
      return `Agency “${data.name}” registered for ${data.email}.`;
    case 'AgencyActivated':
      return `Agency activated with the sending number ${data.sendingNumber}.`;
    case 'ParentKeyIssued':
      return `Parent API key ${data.key.prefix} issued.`;
    case 'ParentKeyRotated':
      return `Parent API key rotated: ${data.key.prefix} is in force, the one before it is dead.`;
    case 'HelpTextChanged':
      return data.helpText === null ? 'Help text taken back.' : `Help text changed to “${data.helpText}”.`;
    case 'AgencyLimitsChanged':
      return `Volume limits changed: ${limitsIn(data.limits)}.`;
    case 'AgencySuspended':
      return `Agency suspended ${because(data.reason)}.`;
    case 'AgencyReactivated':
      return `Suspension of the agency ${because(data.reason)} taken back.`;
    case 'SubaccountProvisioned':
      return `Subaccount “${data.name}” provisioned with the key ${data.key.prefix} and ${messages(data.messageLimit)} a month.`;
    case 'SubaccountDetailsChanged':
      return sentence(detailsIn(data).join(', '));
    case 'MessageLimitChanged':
      return `Message limit changed to ${messages(data.messageLimit)} a month.`;
    case 'SubaccountKeyRotated':
      return `API key rotated: ${data.key.prefix} is in force, the one before it is dead.`;
    case 'SubaccountSuspended':
      return `Subaccount suspended ${because(data.reason)}.`;
    case 'SubaccountReactivated':
      return `Suspension of the subaccount ${because(data.reason)} taken back.`;
    case 'SubaccountClosed':
      return 'Subaccount closed: its key is dead and its phone routes are released.';
    case 'NumberAssigned':
      return `Sending number ${data.sendingNumber} assigned.`;
    default:
      return assertNever(type);
  }
};

/** The same of what happened to a phone route. */
export const routeSummaryOf = ({ name, data }: RouteEvent): string => {
  switch (name) {
    case 'PhoneRouteClaimed':
      return `Phone number ${data.phoneNumber} registered.`;
    case 'PhoneRouteReleased':
      return 'reason' in data && data.reason === 'holder_closed'
        ? `Phone number ${data.phoneNumber} released, as its subaccount was closed.`
        : `Phone number ${data.phoneNumber} released.`;
    default:
      return assertNever(name);
  }
};

const because = (reason: SuspensionReason): string => {
  switch (reason) {
    case 'agency_request':
      return 'at the agency’s request';
    case 'payment_failed':
      return 'for a failed payment';
    case 'operator':
      return 'by the operator';
  }
};

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

const messages = (count: number): string => (count === 1 ? '1 message' : `${count} messages`);

const limitsIn = (limits: Readonly<Record<string, number>>): string => {
  const named = Object.entries(limits).map(([name, value]) => `${name} ${value}`);
  return named.length > 0 ? named.join(', ') : 'all at their defaults';
};

const detailsIn = ({
  name,
  email,
}: {
  readonly name?: string | undefined;
  readonly email?: string | null | undefined;
}) => [
  ...(name === undefined ? [] : [`name changed to “${name}”`]),
  ...(email === undefined ? [] : [email === null ? 'email removed' : `email changed to ${email}`]),
];
