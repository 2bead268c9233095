export * from './assign-number';
export * from './sending-number';
