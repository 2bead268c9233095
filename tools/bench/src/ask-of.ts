import type { Target } from './workbench';

/** What a process has to tell at its address. Throws where it doesn't answer in time. */
export const askOf = async <Answer>({ port }: Target): Promise<Answer> => {
  const response = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(10_000) });
  return (await response.json()) as Answer;
};
