import type { Actor } from '@claw/contracts';

/** Who acts where routing does something by itself. */
export const platform: Actor = { kind: 'system', id: 'routing' };
