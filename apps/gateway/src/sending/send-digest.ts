import { hash } from 'node:crypto';
import type { SendFrame } from '@claw/contracts';

const sha256 = (text: string): string => hash('sha256', text, 'base64');

/** What a send says once it is normalised; two with the same content are the same message. */
const contentOf = ({ to, chatId, parts, service, replyTo, effect }: SendFrame): readonly unknown[] => [
  to ?? null,
  chatId ?? null,
  parts,
  service ?? null,
  replyTo ?? null,
  effect ?? null,
];

/** The same for the same content: what an `idempotencyKey` is bound to. */
export const contentDigest = (frame: SendFrame): string => sha256(JSON.stringify(contentOf(frame)));

/**
 * The same for a retry without a key: same chat, same `id`, same content. A number that was released and claimed again
 * has another chat, so what was sent under the earlier claim is not its answer.
 */
export const retryDigest = (chatId: string, frame: SendFrame): string =>
  sha256(JSON.stringify([chatId, frame.id, contentOf(frame)]));

/** An `idempotencyKey` as a bucket key: a client's text may hold what a bucket's key may not. */
export const idempotencyBucketKey = (subaccountId: string, idempotencyKey: string): string =>
  `${subaccountId}.${hash('sha256', idempotencyKey, 'hex')}`;
