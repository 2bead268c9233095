import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Controller, Get, Header, Inject, Res, ServiceUnavailableException } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService } from '@nestjs/terminus';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { withDeadline } from '@claw/kernel';
import { Draining } from './draining';
import { READINESS_CHECKS } from './health-check';
import type { ReadinessCheck } from './health-check';

const DEFAULT_DEADLINE_MS = 1_000;
/** Above this a process does hardly anything but one piece of work: it is stuck. */
const STUCK_LOOP_MS = 2_000;

/**
 * `/health/live`: whether the process itself works; a restart is the remedy where it doesn't.
 * `/health/ready`: whether it can serve now; the remedy is to wait and to send work elsewhere.
 */
@Controller('health')
export class HealthController implements OnModuleDestroy {
  private readonly loop = monitorEventLoopDelay({ resolution: 100 });

  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicator: HealthIndicatorService,
    @Inject(Draining) private readonly draining: Draining,
    @Inject(READINESS_CHECKS) private readonly checks: readonly ReadinessCheck[],
  ) {
    this.loop.enable();
  }

  onModuleDestroy(): void {
    this.loop.disable();
  }

  @Get('live')
  @Header('Cache-Control', 'no-store')
  live(@Res({ passthrough: true }) response: Answer) {
    return this.answer(response, [() => this.eventLoop()]);
  }

  @Get('ready')
  @Header('Cache-Control', 'no-store')
  ready(@Res({ passthrough: true }) response: Answer) {
    return this.answer(response, [
      () => this.shutdown(),
      ...this.checks.map((check) => () => this.part(check)),
    ]);
  }

  /** The status goes out here, not as an exception, so that no filter of the service's gives it another shape. */
  private async answer(
    response: Answer,
    indicators: readonly (() => HealthIndicatorResult | Promise<HealthIndicatorResult>)[],
  ): Promise<unknown> {
    try {
      return await this.health.check([...indicators]);
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      response.status(error.getStatus());
      return error.getResponse();
    }
  }

  private eventLoop(): HealthIndicatorResult {
    const delayMs = Math.round(this.loop.percentile(50) / 1e6) || 0;
    this.loop.reset();
    const session = this.indicator.check('event_loop');
    return delayMs > STUCK_LOOP_MS ? session.down({ delayMs }) : session.up({ delayMs });
  }

  private shutdown(): HealthIndicatorResult {
    const session = this.indicator.check('shutdown');
    return this.draining.isDraining ? session.down('draining') : session.up();
  }

  private async part({
    name,
    check,
    deadlineMs = DEFAULT_DEADLINE_MS,
  }: ReadinessCheck): Promise<HealthIndicatorResult> {
    const session = this.indicator.check(name);
    try {
      await withDeadline(name, deadlineMs, check());
      return session.up();
    } catch (error) {
      return session.down(error instanceof Error ? error.message : 'down');
    }
  }
}

interface Answer {
  status(code: number): unknown;
}
