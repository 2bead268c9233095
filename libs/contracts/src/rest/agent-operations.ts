import { instant } from '@claw/kernel';
import { z } from 'zod';
import { subaccountStatusSchema } from '../access-entry';
import { sendBodySchema } from '../agent-frames';
import { givenTimeSchema } from '../given-time';
import { e164Schema, phoneNumberSchema } from '../phone-number';
import { instantSchema } from '../route-entry';
import { sendAcceptedSchema } from '../server-frames';
import { storableTextSchema } from '../storable-text';
import type { RestOperation } from './operation';
import {
  chatSchema,
  claimedSchema,
  messageSchema,
  pageOf,
  pageQuerySchema,
  phoneParamSchema,
  routeSchema,
} from './shapes';

const agent = { access: 'subaccount', rate: 'requests', status: 200 } as const;

const sendRefusals = [
  'route_not_registered',
  'recipient_opted_out',
  'chat_not_found',
  'idempotency_conflict',
  'new_recipient_limit',
  'message_limit_reached',
] as const;

/** What a subaccount's key may call. */
export const agentOperations = {
  claimRoute: {
    ...agent,
    id: 'claimRoute',
    method: 'POST',
    path: '/api/routes',
    aliases: ['/api/phone-routes'],
    rate: 'claims',
    summary: 'Register a phone number for this subaccount',
    body: z.object({ phone_number: phoneNumberSchema }),
    answer: claimedSchema,
    refusals: ['phone_already_registered', 'route_limit_reached'],
    replayable: true,
  },
  listRoutes: {
    ...agent,
    id: 'listRoutes',
    method: 'GET',
    path: '/api/routes',
    aliases: ['/api/phone-routes'],
    summary: "List this subaccount's phone routes",
    query: pageQuerySchema,
    answer: pageOf(routeSchema),
  },
  releaseRoute: {
    ...agent,
    id: 'releaseRoute',
    method: 'DELETE',
    path: '/api/routes/:phone_number',
    aliases: ['/api/phone-routes/:phone_number'],
    status: 204,
    summary: 'Release a phone number',
    params: phoneParamSchema,
  },
  sendMessage: {
    ...agent,
    id: 'sendMessage',
    method: 'POST',
    path: '/api/messages',
    status: 202,
    summary: "Send a message: the socket's `send` over HTTP",
    description: "Accepted exactly as on the socket; `Idempotency-Key` is the frame's `idempotencyKey`.",
    body: sendBodySchema,
    answer: sendAcceptedSchema,
    refusals: sendRefusals,
    replayable: false,
  },
  sendText: {
    ...agent,
    id: 'sendText',
    method: 'POST',
    path: '/api/agent/send-message',
    status: 202,
    summary: 'Send a text to one number, claiming its route first where asked',
    body: z.object({
      phone_number: phoneNumberSchema,
      text: storableTextSchema.min(1).max(10_000),
      claim_route: z.boolean().default(false),
    }),
    answer: sendAcceptedSchema,
    refusals: [...sendRefusals, 'phone_already_registered', 'route_limit_reached'],
    claimsIf: 'claim_route',
    replayable: false,
  },
  listMessages: {
    ...agent,
    id: 'listMessages',
    method: 'GET',
    path: '/api/messages',
    summary: 'List messages of both directions, newest first',
    description: 'A message that was just accepted can take a moment to be listed.',
    query: pageQuerySchema.extend({
      chat: z.uuid().toLowerCase().optional(),
      since: givenTimeSchema.transform(instant).optional(),
    }),
    answer: pageOf(messageSchema),
  },
  getMessage: {
    ...agent,
    id: 'getMessage',
    method: 'GET',
    path: '/api/messages/:id',
    summary: 'One message, with how far it has come',
    params: z.object({ id: storableTextSchema.min(1).max(255) }),
    answer: messageSchema,
  },
  listChats: {
    ...agent,
    id: 'listChats',
    method: 'GET',
    path: '/api/chats',
    summary: 'List chats, the one with the newest message first',
    query: pageQuerySchema,
    answer: pageOf(chatSchema),
  },
  me: {
    ...agent,
    id: 'me',
    method: 'GET',
    path: '/api/me',
    summary: 'This subaccount: status, sending number, limit, what of it is used',
    answer: z.object({
      id: z.uuid(),
      name: z.string(),
      status: subaccountStatusSchema,
      sending_number: e164Schema,
      message_limit: z.number().int(),
      used: z.number().int(),
      resets_at: instantSchema,
      routes: z.number().int(),
    }),
  },
} as const satisfies Record<string, RestOperation>;
