export { endTogether } from './end-together';
export { runService } from './run-service';
export type { Service } from './run-service';
export { ServiceApp } from './service-app';
export type { ServiceAppOptions } from './service-app';
