import { Webhook } from 'standardwebhooks';

/** An answer that takes longer counts as none. */
const ANSWER_DEADLINE_MS = 10_000;

/** Posts an event, signed anew each time, and answers the status; `undefined` where there was no answer. */
export type PostWebhook = (eventId: string, body: string) => Promise<number | undefined>;

/**
 * @param secret `whsec_` and base64: the key that Standard Webhooks signatures are made with; throws where it is none
 * @param stop ends posts that are under way
 */
export const webhookPoster = (url: string, secret: string, stop: AbortSignal): PostWebhook => {
  const signer = new Webhook(secret);
  return async (eventId, body) => {
    const at = new Date();
    try {
      const response = await fetch(url, {
        method: 'POST',
        redirect: 'manual',
        signal: AbortSignal.any([stop, AbortSignal.timeout(ANSWER_DEADLINE_MS)]),
        headers: {
          'content-type': 'application/json',
          'webhook-id': eventId,
          'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
          'webhook-signature': signer.sign(eventId, at, body),
        },
        body,
      });
      // The connection goes back to the pool only when the body is read.
      await response.arrayBuffer();
      return response.status;
    } catch {
      return undefined;
    }
  };
};
