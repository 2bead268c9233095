import { loadConfig } from '@claw/config';
import { runService } from '@claw/service';
import { answerCalls } from './answer-calls';
import { AppModule } from './app.module';
import { routingConfig } from './config';
import { serveCarrierWebhook } from './webhooks/carrier-webhook.route';

void runService({
  service: 'routing',
  config: () => loadConfig(routingConfig),
  module: (config, logger) => AppModule.with(config, logger),
  prepare: async (app) => {
    await serveCarrierWebhook(app);
    await answerCalls(app);
  },
});
