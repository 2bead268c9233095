/** The environment doesn't fit: names each variable and what is wrong with it, never its value. Stops the start. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly { readonly variable: string; readonly problem: string }[]) {
    super(
      `Wrong configuration: ${problems.map(({ variable, problem }) => `${variable} ${problem}`).join('; ')}`,
    );
    this.name = 'ConfigError';
  }
}
