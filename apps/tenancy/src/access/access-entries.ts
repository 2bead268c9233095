import {
  type AgencyEntry,
  digitsOf,
  e164Schema,
  type KeyEntry,
  keys,
  type SendingNumberEntry,
  type SubaccountEntry,
  volumeLimitsSchema,
} from '@claw/contracts';
import {
  type Agency,
  agencyStatus,
  type SendingNumber,
  type Subaccount,
  subaccountStatus,
} from '@claw/tenancy-domain';

/** A value of the `access` bucket. Its revision is that of the event that made it what it is. */
export type AccessEntry = KeyEntry | SubaccountEntry | AgencyEntry | SendingNumberEntry;
/** A key of the `access` bucket and what it is to hold. */
export type AccessRecord = readonly [key: string, value: AccessEntry];

/** All that an agency's stream says about access. */
export const agencyAccess = (agency: Agency): readonly AccessRecord[] => {
  const { agencyId, key, formerKeys, revision } = agency;
  const entry: AgencyEntry = {
    name: agency.name,
    status: agencyStatus(agency),
    suspensions: [...agency.suspensions].sort(),
    sendingNumber: agency.sendingNumber === null ? null : e164Schema.parse(agency.sendingNumber),
    keyHash: key?.hash ?? null,
    helpText: agency.helpText,
    limits: volumeLimitsSchema.partial().parse(agency.limits),
    revision,
  };
  const of = { kind: 'agency', agencyId } as const;
  return [
    ...formerKeys.map(({ hash, endedAt }) => keyRecord(hash, { ...of, revoked: true, revision: endedAt })),
    ...(key ? [keyRecord(key.hash, { ...of, revoked: false, revision: key.since })] : []),
    [keys.agency(agencyId), entry],
  ];
};

/** All that a subaccount's stream says about access. */
export const subaccountAccess = (subaccount: Subaccount): readonly AccessRecord[] => {
  const { agencyId, subaccountId, key, formerKeys, closed, revision } = subaccount;
  const of = { kind: 'subaccount', agencyId, subaccountId } as const;
  const entry: SubaccountEntry = {
    agencyId,
    status: subaccountStatus(subaccount),
    messageLimit: subaccount.messageLimit,
    keyHash: key.hash,
    revision,
  };
  return [
    ...formerKeys.map(({ hash, endedAt }) => keyRecord(hash, { ...of, revoked: true, revision: endedAt })),
    // Closing is a subaccount's last event, so it is what ended the key.
    keyRecord(key.hash, { ...of, revoked: closed, revision: closed ? revision : key.since }),
    [keys.subaccount(subaccountId), entry],
  ];
};

/** What a sending number's stream says about access. */
export const numberAccess = ({
  sendingNumber,
  agencyId,
  revision,
}: SendingNumber): readonly AccessRecord[] => [
  [keys.sendingNumber(digitsOf(e164Schema.parse(sendingNumber))), { agencyId, revision }],
];

/** Those that the events from `revision` on have changed. */
export const changedSince = (records: readonly AccessRecord[], revision: number): readonly AccessRecord[] =>
  records.filter(([, value]) => value.revision >= revision);

const keyRecord = (hash: string, value: KeyEntry): AccessRecord => [keys.apiKey(hash), value];
