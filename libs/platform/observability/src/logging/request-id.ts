import { newId } from '@claw/kernel';

/** The header that carries a request's id, in and out. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** The caller's own id where it is a sane one (1–128 letters, digits, `.`, `_`, `-`), else a fresh one. */
export const requestIdOf = (given: string | readonly string[] | undefined): string =>
  typeof given === 'string' && /^[A-Za-z0-9._-]{1,128}$/.test(given) ? given : newId();
