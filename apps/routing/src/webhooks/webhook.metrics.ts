import { counter } from '@claw/observability';

export const webhookAnswers = counter({
  name: 'carrier_webhooks_total',
  help: 'Webhooks of the carrier by the status they were answered with',
  labels: ['status'],
});
