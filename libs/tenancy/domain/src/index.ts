export * from './agency';
export * from './issued-key';
export * from './number';
export * from './subaccount';
export * from './suspension';
export * from './tenancy-event';
export * from './wish';
