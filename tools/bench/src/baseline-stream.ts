import { streams, type StreamSpec } from '@claw/contracts';

/** Where the baselines publish to: as OUTBOUND is made, in another place. */
export const baselineStream: StreamSpec = {
  ...streams.outbound,
  name: 'BASELINE',
  subjects: ['baseline.>'],
};

export const baselineSubject = 'baseline.message';
