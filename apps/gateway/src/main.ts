import { loadConfig } from '@claw/config';
import { runService } from '@claw/service';
import { AppModule } from './app.module';
import { gatewayConfig } from './config';
import { serveAgents } from './serve-agents';

void runService({
  service: 'gateway',
  config: () => loadConfig(gatewayConfig),
  module: (config, logger) => AppModule.with(config, logger),
  prepare: serveAgents,
});
