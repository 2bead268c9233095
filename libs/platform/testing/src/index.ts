export { freePort, freePortRange, workspaceRoot } from '@claw/local-servers';
export * from './browser/open-browser';
export * from './browser/phone-on-page';
export * from './eventually';
export * from './given';
export * from './random-name';
export * from './real-servers';
export type { ServerFixture } from './server-fixture';
export * from './temp-dir';
