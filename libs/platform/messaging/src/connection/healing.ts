import { backoffMs } from '@claw/kernel';

/**
 * How long a loop that heals waits for one answer. When a node of a cluster dies, what it led has no leader for 4 to
 * 9 s (the server's own timers): look-ups are met with silence then, and a reader may be placed on the node that is
 * gone. Who asks anew is back within about two seconds of the new leader.
 */
export const healingAskMs = 1_000;

/**
 * As {@link healingAskMs}, after so many failures in a row: longer each time, up to half a minute, as what is asked for
 * may itself take long.
 */
export const healingAskAfter = (failures: number): number => Math.min(healingAskMs * 2 ** failures, 30_000);

/** How long such a loop rests after so many failures in a row: at most a second. */
export const healingPauseMs = (failures: number): number => backoffMs(failures, 50, 1_000);
