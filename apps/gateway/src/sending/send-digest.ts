import { hash } from 'node:crypto';
import type { SendFrame } from '@claw/contracts';

const sha256 = (text: string): string => hash('sha256', text, 'base64');

/** What a send says once it is normalised; two with the same content are the same message. */
const contentOf = ({ to, chatId, parts, service }: SendFrame): readonly unknown[] => [
  to ?? null,
  chatId ?? null,
  parts,
  service ?? null,
];

/** The same for the same content: what an `idempotencyKey` is bound to. */
export const contentDigest = (frame: SendFrame): string => sha256(JSON.stringify(contentOf(frame)));

/** The same for a retry without a key: same subaccount, same `id`, same content. */
export const retryDigest = (subaccountId: string, frame: SendFrame): string =>
  sha256(JSON.stringify([subaccountId, frame.id, contentOf(frame)]));

/** An `idempotencyKey` as a bucket key: a client's text may hold what a bucket's key may not. */
export const idempotencyBucketKey = (subaccountId: string, idempotencyKey: string): string =>
  `${subaccountId}.${hash('sha256', idempotencyKey, 'hex')}`;
