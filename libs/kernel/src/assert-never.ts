/** The end of a switch that handles every case: the compiler refuses one that was left out. */
export const assertNever = (value: never): never => {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
};
