export * from './delivery/fold-delivery';
export * from './dispatch/carrier-answer';
export * from './dispatch/dispatch-policy';
export * from './phone-route/claim-phone-route';
export * from './phone-route/owner-at';
export * from './phone-route/phone-route';
export * from './phone-route/release-phone-route';
