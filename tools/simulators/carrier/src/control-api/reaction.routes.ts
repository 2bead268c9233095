import type { FastifyInstance } from 'fastify';
import { isRefusal, messageNotFound } from '../model/refusal';
import { chatOf } from './chat-of';
import { badRequest, cannotBe } from './control-answers';
import type { ControlApiParts } from './control-api-parts';
import { ReactionBody } from './control.schema';

/** Customers react to messages, theirs and ours. */
export const reactionRoutes = (
  app: FastifyInstance,
  { ledger, reactions, durable }: ControlApiParts,
): void => {
  app.post('/reaction', async (request, reply) => {
    const body = ReactionBody.safeParse(request.body);
    if (!body.success) return badRequest(reply, body.error);
    const { from, message_id, type, custom_emoji = null, part_index, remove } = body.data;
    const placed = ledger.placed(message_id);
    if (placed === undefined) return cannotBe(reply, messageNotFound);
    const chat = chatOf(ledger, { from, chat_id: placed.chat.id });
    if (isRefusal(chat)) return cannotBe(reply, chat);
    const operation = remove ? 'remove' : 'add';
    const refused = reactions.react(placed, { operation, handle: from, type, custom_emoji, part_index });
    if (refused !== undefined) return cannotBe(reply, refused);
    await durable();
    return { message_id, chat_id: chat.id };
  });
};
