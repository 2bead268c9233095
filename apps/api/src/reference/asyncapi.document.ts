import {
  type AgentFrameType,
  agentFrames,
  authFrameSchema,
  closeCodes,
  serverFrames,
  type ServerFrameType,
} from '@claw/contracts';
import { z } from 'zod';
import { agentFrameNotes, closeNotes, serverFrameNotes } from './frame-notes';

type Json = Record<string, unknown>;

const fromAgent: Readonly<Record<AgentFrameType | 'auth', z.ZodType>> = {
  auth: authFrameSchema,
  ...agentFrames,
};

/** Names within the document: a frame's type, with its direction, since `ping` goes both ways. */
const nameFrom = (type: AgentFrameType | 'auth'): string => `agent.${type}`;
const nameTo = (type: ServerFrameType): string => `server.${type}`;

/**
 * The AsyncAPI 3.0 document of the agents' socket, made from the schemas that the gateway validates frames with.
 * `receive` is what the platform takes from an agent, `send` what it sends to one.
 */
export const asyncApiDocument = (publicUrl: string): Json => {
  const { protocol, host } = new URL(publicUrl);
  return {
    asyncapi: '3.0.0',
    info: { title: 'Claw Messenger: the agent’s socket', version: '1', description: about },
    defaultContentType: 'application/json',
    servers: {
      gateway: {
        host,
        protocol: protocol === 'https:' ? 'wss' : 'ws',
        security: [
          ref('components', 'securitySchemes', 'query'),
          ref('components', 'securitySchemes', 'header'),
        ],
      },
    },
    channels: { agent: channel() },
    operations: operations(),
    components: { securitySchemes },
  };
};

const about = `
One JSON object a text frame, at most 256 KiB. Fields that are not known are ignored; a type that is not known is
answered with an \`error\` frame, never with a close. The HTTP side is described in \`/openapi.json\`.

A key that is unknown, rotated or closed is refused with 401 before the upgrade, a parent key with 403. Without a key
the first frame has to be \`auth\`, within 10 seconds. A suspended one is told so by an \`error\` frame and closed.

The socket is closed with

| code | meaning | the client should |
| --- | --- | --- |
${Object.entries(closeCodes)
  .map(([name, code]) => ({ code, ...closeNotes[name as keyof typeof closeCodes] }))
  .map(({ code, meaning, client }) => `| ${code} | ${meaning} | ${client} |`)
  .join('\n')}
`.trim();

const securitySchemes = {
  query: { type: 'httpApiKey', name: 'key', in: 'query', description: "A subaccount's key, `cm_live_…`." },
  header: { type: 'http', scheme: 'bearer', description: "A subaccount's key, `cm_live_…`." },
} as const;

const opening = z.object({
  key: z.string().optional().meta({ description: "A subaccount's key; kept out of every log." }),
  client: z.string().optional().meta({ description: 'What connects, as `name/version`.' }),
});

const channel = (): Json => ({
  address: '/ws',
  servers: [ref('servers', 'gateway')],
  messages: {
    ...mapped(fromAgent, nameFrom, (type, schema) => messageOf(type, agentFrameNotes[type].summary, schema)),
    ...mapped(serverFrames, nameTo, (type, schema) => messageOf(type, serverFrameNotes[type], schema)),
  },
  bindings: { ws: { method: 'GET', query: jsonSchemaOf(opening), bindingVersion: '0.1.0' } },
});

const operations = (): Json => ({
  ...mapped(fromAgent, nameFrom, (type) => ({
    action: 'receive',
    channel: ref('channels', 'agent'),
    summary: agentFrameNotes[type].summary,
    messages: [messageRef(nameFrom(type))],
    ...(agentFrameNotes[type].answers.length > 0 && {
      reply: {
        channel: ref('channels', 'agent'),
        messages: agentFrameNotes[type].answers.map((answer) => messageRef(nameTo(answer))),
      },
    }),
  })),
  ...mapped(serverFrames, nameTo, (type) => ({
    action: 'send',
    channel: ref('channels', 'agent'),
    summary: serverFrameNotes[type],
    messages: [messageRef(nameTo(type))],
  })),
});

const messageOf = (type: string, summary: string, schema: z.ZodType): Json => ({
  name: type,
  title: type,
  summary,
  payload: jsonSchemaOf(schema),
});

/** A record's members under other names, each made into something else. */
const mapped = <Type extends string, Value>(
  record: Readonly<Record<Type, Value>>,
  name: (type: Type) => string,
  make: (type: Type, value: Value) => Json,
): Json =>
  Object.fromEntries(
    (Object.entries(record) as [Type, Value][]).map(([type, value]) => [name(type), make(type, value)]),
  );

/** As AsyncAPI takes schemas: JSON Schema draft 7. What is given, not what is made of it, and open to new members. */
const jsonSchemaOf = (schema: z.ZodType): Json => {
  const { $schema: _draft, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      const { override } = jsonSchema as { override?: Json };
      delete (jsonSchema as Json)['override'];
      Object.assign(jsonSchema, override);
    },
  });
  return rest;
};

const ref = (...path: readonly string[]): Json => ({ $ref: `#/${path.join('/')}` });
const messageRef = (name: string): Json => ref('channels', 'agent', 'messages', name);
