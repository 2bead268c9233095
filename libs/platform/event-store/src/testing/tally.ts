import { accept, newId, nothing, refuse } from '@claw/kernel';
import type { Decision } from '@claw/kernel';
import { z } from 'zod';
import type { AggregateDefinition } from '../aggregate-store';
import { defineCodec } from '../codec';
import type { EventMetadata } from '../event-metadata';
import { shape } from '../event-shape';

/** The smallest aggregate that has a rule: a sum that may not pass 100. */
export type TallyEvent = { readonly type: 'Added'; readonly data: { readonly n: number } };

export const tallyCodec = defineCodec<TallyEvent>({ Added: shape(z.object({ n: z.number().int() })) });

export const tally: AggregateDefinition<number, TallyEvent> = {
  codec: tallyCodec,
  initial: 0,
  evolve: (sum, { data }) => sum + data.n,
};

export const add =
  (n: number) =>
  (sum: number): Decision<TallyEvent, 'too_much'> => {
    if (n === 0) return nothing();
    return sum + n > 100
      ? refuse('too_much', 'That would be more than 100.')
      : accept({ type: 'Added', data: { n } });
  };

export const metadata: EventMetadata = { actor: { kind: 'system', id: 'test' }, requestId: 'request-1' };

/** A stream's name of this test's own; its category is too, so that a log may be read by it. */
export const freshCategory = (): string => `tally${newId().replaceAll('-', '')}`;
