import { counter } from '@claw/observability';

export const backfillRounds = counter({
  name: 'carrier_backfill_rounds_total',
  help: 'Looks through a sending number’s lists at the carrier: done, to be gone on with, put off as the carrier wishes, failed',
  labels: ['outcome'],
});

export const backfilledEvents = counter({
  name: 'carrier_backfilled_events_total',
  help: 'What the carrier’s lists told that no webhook had, by event; more than a few: webhooks are being lost',
  labels: ['event'],
});

export const unreadableItems = counter({
  name: 'carrier_list_items_unreadable_total',
  help: 'Chats and messages in the carrier’s lists that don’t look as documented',
});
