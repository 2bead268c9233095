import { Controller, Get, Header, Module } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { collectProcessMetrics, registry } from './metrics';

@Controller('metrics')
export class MetricsController implements OnModuleInit {
  onModuleInit(): void {
    collectProcessMetrics();
  }

  @Get()
  @Header('Content-Type', registry.contentType)
  metrics(): Promise<string> {
    return registry.metrics();
  }
}

/** Serves the process's metrics at `/metrics` in Prometheus's text format. */
@Module({ controllers: [MetricsController] })
export class MetricsModule {}
