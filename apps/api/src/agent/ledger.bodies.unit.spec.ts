import { agentOperations, type MessageView, messageViewSchema } from '@claw/contracts';
import { instant } from '@claw/kernel';
import { chatBody, messageBody } from './ledger.bodies';

const at = instant('2026-11-01T10:00:00Z');
const view: MessageView = messageViewSchema.parse({
  messageId: 'm-2',
  chatId: '6f5a4c1e-0c39-5d5e-9d0b-2f3b1c4d5e6f',
  direction: 'out',
  clientId: 'msg-1',
  from: '+15005550000',
  to: ['+12125550100'],
  text: 'Hello',
  parts: [{ type: 'text', value: 'Hello' }],
  attachments: [],
  isGroup: false,
  service: 'iMessage',
  status: 'delivered',
  errorCode: null,
  error: null,
  replyTo: 'm-1',
  effect: null,
  at,
  sentAt: at,
  deliveredAt: at,
  readAt: null,
  failedAt: null,
});

describe('a message over HTTP', () => {
  it('is named as on the socket', () => {
    const body = messageBody(view);
    expect(body).toMatchObject({ id: 'msg-1', replyTo: { messageId: 'm-1' }, timestamp: at });
    expect(agentOperations.getMessage.answer.strict().parse(body)).toEqual(body);
  });

  it('that replies to none says so', () => {
    expect(messageBody({ ...view, replyTo: null }).replyTo).toBeNull();
  });

  it('is the newest of its chat', () => {
    const chat = { chatId: view.chatId, isGroup: false, participants: view.to, createdAt: at };
    expect(chatBody({ ...chat, lastMessage: view })).toEqual({ ...chat, lastMessage: messageBody(view) });
    expect(chatBody({ ...chat, lastMessage: null }).lastMessage).toBeNull();
  });
});
