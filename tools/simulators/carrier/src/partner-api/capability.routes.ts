import type { FastifyInstance } from 'fastify';
import { isRefusal } from '../model/refusal';
import { refuse } from './answers';
import { CapabilityBody } from './message.schema';
import { parse } from './parse';
import { type PartnerApiParts, isDown } from './partner-api-parts';

const CHECKS = [
  { path: '/capability/check_imessage', service: 'iMessage' },
  { path: '/capability/check_rcs', service: 'RCS' },
] as const;

/** Whether a phone can take iMessage or RCS. */
export const capabilityRoutes = (app: FastifyInstance, { behaviours }: PartnerApiParts): void => {
  for (const { path, service } of CHECKS) {
    app.post(path, async (request, reply) => {
      const body = parse(CapabilityBody, request.body);
      if (isRefusal(body)) return refuse(request, reply, body);
      const { address } = body.value;
      const down = isDown(behaviours, request, [address]);
      if (down !== undefined) return refuse(request, reply, down);
      return { address, available: behaviours.effective([address]).capabilities.includes(service) };
    });
  }
};
