export { endTogether } from './end-together';
export type { BareAnswer, Unreadable, UnreadableStatus } from './refuse-unreadable';
export { runService } from './run-service';
export type { Service } from './run-service';
export { ServiceApp } from './service-app';
export type { ServiceAppOptions, UnroutableAnswer } from './service-app';
