import { loadConfig } from '@claw/config';
import { runService } from '@claw/service';
import { answerCalls } from './answer-calls';
import { AppModule } from './app.module';
import { tenancyConfig } from './config';

void runService({
  service: 'tenancy',
  config: () => loadConfig(tenancyConfig),
  module: (config, logger) => AppModule.with(config, logger),
  prepare: answerCalls,
});
