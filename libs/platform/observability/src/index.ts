export * from './logging/logger';
export * from './logging/logging.module';
export * from './logging/redact';
export * from './logging/request-id';
export * from './metrics/metrics';
export * from './metrics/metrics.module';
export * from './tracing/propagation';
export * from './tracing/tracing';
