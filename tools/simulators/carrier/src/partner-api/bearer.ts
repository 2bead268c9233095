import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether an `Authorization` header carries this key, in a time that doesn't depend on where they differ. */
export const bearerChecker = (apiKey: string): ((authorization: string | undefined) => boolean) => {
  const expected = digest(`Bearer ${apiKey}`);
  return (authorization) => timingSafeEqual(digest(authorization ?? ''), expected);
};
