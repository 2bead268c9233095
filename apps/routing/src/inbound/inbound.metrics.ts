import { counter } from '@claw/observability';

/** Why a customer's message reached nobody. */
export type DropReason =
  | 'not_a_number'
  | 'unknown_line'
  | 'unregistered_sender'
  | 'unregistered_group'
  | 'wrong_sending_number'
  | 'subaccount_closed';

export const inboundOutcomes = counter({
  name: 'inbound_messages_total',
  help: 'What became of customers’ messages: delivered, repeated, or why it was dropped',
  labels: ['outcome'],
});

export const deliveryOutcomes = counter({
  name: 'delivery_reports_total',
  help: 'What became of the carrier’s delivery reports, by state',
  labels: ['state', 'outcome'],
});

export const ignoredEvents = counter({
  name: 'carrier_events_ignored_total',
  help: 'Webhooks of kinds that nothing is done with',
});

export const reactionOutcomes = counter({
  name: 'inbound_reactions_total',
  help: 'What became of customers’ reactions: delivered, repeated, or why not',
  labels: ['outcome'],
});

export const typingOutcomes = counter({
  name: 'inbound_typing_total',
  help: 'What became of the carrier’s word that a customer types: told, or why not',
  labels: ['outcome'],
});

export const lineChanges = counter({
  name: 'carrier_line_changes_total',
  help: 'How often the carrier changed the status of a sending number, by the new one',
  labels: ['status'],
});
