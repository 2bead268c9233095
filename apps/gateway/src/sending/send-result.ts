import type { SendAccepted, SendRefused } from '@claw/contracts';
import type { Refusal } from './refusals';

export const accepted = (id: string, messageId: string, chatId: string): SendAccepted => ({
  type: 'send.result',
  id,
  ok: true,
  messageId,
  chatId,
  status: 'queued',
});

export const refused = (id: string, refusal: Refusal): SendRefused => ({
  type: 'send.result',
  id,
  ok: false,
  ...refusal,
});
