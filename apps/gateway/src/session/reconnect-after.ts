const leastMs = 500;
const mostMs = 10_000;
/** With so much between two of them, a gateway opens sockets as fast as they come back. */
const perSocketMs = 2;

/** When a client of a draining gateway is to come back: spread, so that its sockets don't all knock at once. */
export const reconnectAfterMs = (sockets: number, random: number): number =>
  Math.round(leastMs + random * Math.min(mostMs, sockets * perSocketMs));
