/** The newest life of a name that was used before: lives are numbered from 1 without a gap. */
export interface Generation<State> {
  readonly generation: number;
  readonly state: State;
}

/**
 * Finds the newest generation with few looks, however many there are: steps that double until one isn't there, then
 * halves in between.
 */
export const newestGeneration = async <State>(
  first: Generation<State>,
  look: (generation: number) => Promise<State | undefined>,
): Promise<Generation<State>> => {
  let newest = first;
  let missing = first.generation * 2;
  for (let state = await look(missing); state !== undefined; state = await look(missing)) {
    newest = { generation: missing, state };
    missing *= 2;
  }
  while (missing - newest.generation > 1) {
    const middle = Math.floor((newest.generation + missing) / 2);
    const state = await look(middle);
    if (state === undefined) missing = middle;
    else newest = { generation: middle, state };
  }
  return newest;
};
