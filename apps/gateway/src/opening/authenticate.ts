import { hashApiKey, isApiKey, keys } from '@claw/contracts';
import type { Projections } from '../projections/projections';
import type { FactFinder, Terms } from '../sending/fact-finder';
import type { Agent } from '../session/agent-session';
import type { Seen } from '../session/sessions';

/** Whose key it is, and whether it opens a socket. */
export type Authenticated =
  | { readonly kind: 'agent'; readonly agent: Agent; readonly terms: Terms; readonly seen: Seen }
  | { readonly kind: 'unknown key' }
  | { readonly kind: 'parent key' }
  | { readonly kind: 'suspended' };

/**
 * Judges a key by what the `access` bucket says now, not by the copy in memory: a key that was revoked a moment ago
 * opens nothing. Throws `Unavailable`.
 */
export const authenticate = async (
  projections: Projections,
  facts: FactFinder,
  key: string,
): Promise<Authenticated> => {
  if (!isApiKey(key)) return { kind: 'unknown key' };
  const keyHash = hashApiKey(key);
  const owner = (await projections.keyBucket.get(keys.apiKey(keyHash)))?.value;
  if (owner === undefined || owner.revoked) return { kind: 'unknown key' };
  if (owner.kind === 'agency') return { kind: 'parent key' };
  const { subaccountId, agencyId } = owner;
  const [subaccount, agency] = await Promise.all([
    projections.subaccountBucket.get(keys.subaccount(subaccountId)),
    projections.agencyBucket.get(keys.agency(agencyId)),
  ]);
  const terms = facts.termsOf(subaccount?.value, agency?.value);
  if (subaccount === undefined || terms.standing === 'closed' || subaccount.value.keyHash !== keyHash) {
    return { kind: 'unknown key' };
  }
  if (terms.standing === 'suspended') return { kind: 'suspended' };
  const seen = { subaccount: subaccount.value.revision, agency: agency?.value.revision ?? 0 };
  return { kind: 'agent', agent: { subaccountId, agencyId, keyHash }, terms, seen };
};
