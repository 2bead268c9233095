export * from './assert-never';
export * from './backoff';
export * from './deadline';
export * from './decision';
export * from './ids';
export * from './instant';
export * from './unavailable';
export * from './text-table';
