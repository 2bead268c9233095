/** What time it is, in milliseconds since the Unix epoch: which month a message counts to, and what is too late. */
export type NowMs = () => number;
