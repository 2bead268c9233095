import type { FastifyInstance } from 'fastify';
import { peopleIn } from '../model/chat';
import { isRefusal, messageNotFound, refusal } from '../model/refusal';
import { refuse } from './answers';
import { ReactionBody } from './message.schema';
import { parse } from './parse';
import { type PartnerApiParts, isDown } from './partner-api-parts';

const onlyInbound = refusal(400, 1005, 'type: stickers can be received, not sent');

/** Our own reactions to messages. */
export const reactionRoutes = (app: FastifyInstance, parts: PartnerApiParts): void => {
  const { behaviours, ledger, reactions, durable } = parts;

  app.post<{ Params: { id: string } }>('/messages/:id/reactions', async (request, reply) => {
    const body = parse(ReactionBody, request.body);
    if (isRefusal(body)) return refuse(request, reply, body);
    const placed = ledger.placed(request.params.id);
    if (placed === undefined) return refuse(request, reply, messageNotFound);
    const down = isDown(behaviours, request, peopleIn(placed.chat));
    if (down !== undefined) return refuse(request, reply, down);
    const { operation, type, part_index } = body.value;
    const custom_emoji = type === 'custom' ? (body.value.custom_emoji ?? null) : null;
    if (type === 'sticker') return refuse(request, reply, onlyInbound);
    const handle = placed.chat.line;
    const refused = reactions.react(placed, { operation, handle, type, custom_emoji, part_index });
    if (refused !== undefined) return refuse(request, reply, refused);
    await durable();
    return reply.code(202).send({ status: 'accepted', message: 'Reaction processed', trace_id: request.id });
  });
};
