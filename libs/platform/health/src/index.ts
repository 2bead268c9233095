export * from './draining';
export * from './health-check';
export { HealthModule } from './health.module';
export type { HealthOptions } from './health.module';
