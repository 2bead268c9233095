import { counter, gauge, histogram } from '@claw/observability';

export const dispatchOutcomes = counter({
  name: 'dispatch_outcomes_total',
  help: 'What became of looks at waiting messages: sent, wait, or the code of a failure',
  labels: ['outcome'],
});

export const carrierSeconds = histogram({
  name: 'carrier_request_seconds',
  help: 'How long the carrier took to answer, by kind of answer',
  labels: ['answer'],
});

export const ownedPartitions = gauge({
  name: 'dispatch_partitions',
  help: 'Partitions of OUTBOUND that this replica works on',
});
