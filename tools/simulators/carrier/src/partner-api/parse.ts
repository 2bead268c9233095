import type { z } from 'zod';
import { type ApiRefusal, refusal } from '../model/refusal';

type Issue = z.core.$ZodIssue;

/** Linq's code for what is wrong with a body: missing, not E.164, no body, bad content, bad parameter. */
const codeOf = (issue: Issue): number => {
  if (issue.code === 'invalid_type' && issue.input === undefined)
    return issue.path.length === 0 ? 1003 : 1001;
  if (issue.path.length === 0) return 1003;
  if (issue.code === 'invalid_format' && issue.message.includes('E.164')) return 1002;
  return issue.path[0] === 'message' && issue.path[1] === 'parts' ? 1004 : 1005;
};

/** What was sent, checked, or Linq's refusal for the first thing that is wrong with it. */
export const parse = <Schema extends z.ZodType>(
  schema: Schema,
  input: unknown,
): { readonly value: z.output<Schema> } | ApiRefusal => {
  const result = schema.safeParse(input, { reportInput: true });
  if (result.success) return { value: result.data };
  const [issue] = result.error.issues;
  if (issue === undefined) return refusal(400, 1003, 'invalid request body');
  return refusal(400, codeOf(issue), [issue.path.join('.'), issue.message].filter(Boolean).join(': '));
};
