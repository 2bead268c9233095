import type { ChatBody, ChatView, MessageBody, MessageView } from '@claw/contracts';

/** A message as the HTTP contract names it: as on the socket. */
export const messageBody = ({ clientId, replyTo, at, ...view }: MessageView): MessageBody => ({
  ...view,
  id: clientId,
  replyTo: replyTo === null ? null : { messageId: replyTo },
  timestamp: at,
});

export const chatBody = ({ lastMessage, ...view }: ChatView): ChatBody => ({
  ...view,
  lastMessage: lastMessage === null ? null : messageBody(lastMessage),
});
