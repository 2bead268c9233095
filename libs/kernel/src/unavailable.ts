/**
 * A part behind doesn't answer, or not in time: try again later. `outcomeUnknown` says that what was asked for
 * may have happened all the same.
 */
export class Unavailable extends Error {
  constructor(
    readonly part: string,
    readonly outcomeUnknown = false,
    options?: ErrorOptions,
  ) {
    super(`${part} is unavailable`, options);
    this.name = 'Unavailable';
  }
}
