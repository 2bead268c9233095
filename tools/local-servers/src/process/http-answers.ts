const timeoutMs = 1_000;

/** Whether a GET of `url` answers with a 2xx within a second. */
export const httpAnswers = async (url: string): Promise<boolean> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  await response.body?.cancel();
  return response.ok;
};
