import { runService } from '@claw/service';
import { AppModule } from './app.module';
import { readConfig } from './config';
import { acceptJsonBodies } from './http/json-body';
import { unreadable, unroutable } from './http/unroutable';

void runService({
  service: 'api',
  config: readConfig,
  module: (config, logger) => AppModule.with(config, logger),
  prepare: acceptJsonBodies,
  trustProxy: true,
  unroutable,
  unreadable,
});
