import { bubbleEffects, type Effect, type Part, type Service } from '@claw/contracts';
import type { LinqAPIV3 } from '@linqapp/sdk';
import type { CarrierMessage } from '../dispatch/carrier';

type LinqPart = LinqAPIV3.MessageContent['parts'][number];

/** A message as Linq takes it. */
export const contentOf = (message: CarrierMessage): LinqAPIV3.MessageContent => ({
  parts: partsOf(message.parts),
  idempotency_key: message.messageId,
  ...preferenceOf(message.service),
  ...(message.effect !== null && { effect: effectOf(message.effect) }),
  ...(message.replyTo !== null && { reply_to: { message_id: message.replyTo } }),
});

/**
 * Whether a message that Linq lists is the one with this content, as far as a list tells: it names no idempotency
 * key, and media by addresses of its own.
 */
export const looksLike = (listed: LinqAPIV3.Message, parts: readonly Part[]): boolean => {
  const ours = partsOf(parts);
  const theirs = listed.parts ?? [];
  return (
    listed.is_from_me &&
    listed.delivery_status !== 'failed' &&
    theirs.length === ours.length &&
    ours.every((part, at) => isSamePart(part, theirs[at]))
  );
};

const isSamePart = (
  ours: LinqPart,
  theirs: NonNullable<LinqAPIV3.Message['parts']>[number] | undefined,
): boolean =>
  ours.type === 'text' ? theirs?.type === 'text' && theirs.value === ours.value : theirs?.type === ours.type;

/**
 * Linq falls back from iMessage to RCS to SMS by itself, unless iMessage is asked for by name: then it fails rather
 * than falls back. An agent's wish is a preference, so iMessage is what isn't said.
 */
const preferenceOf = (service: Service | null): Pick<LinqAPIV3.MessageContent, 'preferred_service'> =>
  service === null || service === 'iMessage' ? {} : { preferred_service: service };

const effectOf = (effect: Effect): LinqAPIV3.MessageEffect => ({
  name: effect,
  type: (bubbleEffects as readonly Effect[]).includes(effect) ? 'bubble' : 'screen',
});

/** Linq takes no two texts in a row: they become one, on lines of their own. */
const partsOf = (parts: readonly Part[]): LinqPart[] =>
  parts.reduce<LinqPart[]>((joined, part) => {
    if (part.type === 'media') return [...joined, { type: 'media', url: part.url }];
    const last = joined.at(-1);
    return last?.type === 'text'
      ? [...joined.slice(0, -1), { type: 'text', value: `${last.value}\n${part.value}` }]
      : [...joined, { type: 'text', value: part.value }];
  }, []);
