import { counter, gauge, histogram } from '@claw/observability';

export const dispatchOutcomes = counter({
  name: 'dispatch_outcomes_total',
  help: 'What became of looks at waiting messages, automatic replies and reactions: sent, wait, or the code of a failure',
  labels: ['kind', 'outcome'],
});

export const lookupOutcomes = counter({
  name: 'dispatch_lookups_total',
  help: 'What the carrier’s lists said of messages that may have got through',
  labels: ['outcome'],
});

export const carrierSeconds = histogram({
  name: 'carrier_request_seconds',
  help: 'How long the carrier took to answer, by what it was asked for and the kind of answer',
  labels: ['request', 'answer'],
});

export const ownedPartitions = gauge({
  name: 'dispatch_partitions',
  help: 'Partitions of OUTBOUND that this replica works on',
});
