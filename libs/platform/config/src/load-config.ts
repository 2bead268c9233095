import type { z } from 'zod';
import { ConfigError } from './config-error';

/**
 * The configuration of a service, read once at start and frozen. The schema's members are the names of the
 * variables; a variable that is set to nothing counts as absent. Throws {@link ConfigError}.
 */
export const loadConfig = <Schema extends z.ZodType<object>>(
  schema: Schema,
  env: Readonly<Record<string, string | undefined>> = process.env,
): Readonly<z.output<Schema>> => {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const result = schema.safeParse(given);
  if (result.success) return Object.freeze(result.data);
  throw new ConfigError(
    result.error.issues.map((issue) => {
      const variable = issue.path.join('.');
      return { variable, problem: variable in given ? `is wrong: ${issue.message}` : 'is missing' };
    }),
  );
};
