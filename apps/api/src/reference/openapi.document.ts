import {
  agencyOperations,
  agentOperations,
  operatorOperations,
  type ProblemCode,
  problemSchema,
  problems,
  type RestOperation,
} from '@claw/contracts';
import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';

const groups: readonly { tag: string; description: string; operations: readonly RestOperation[] }[] = [
  {
    tag: 'Agency',
    description: 'With the parent API key: provision and manage subaccounts.',
    operations: Object.values(agencyOperations),
  },
  {
    tag: 'Subaccount',
    description: "With a subaccount's own key: routes and messages.",
    operations: Object.values(agentOperations),
  },
  {
    tag: 'Operator',
    description: "With the operator's token.",
    operations: Object.values(operatorOperations),
  },
];

/** The OpenAPI 3.1 document, made from the same operations and schemas that route and validate. */
export const openApiDocument = (publicUrl: string) =>
  createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Claw Messenger: agency platform',
      version: '1',
      description:
        'A real phone line (iMessage, RCS, SMS) for AI agents. Agents send and receive over the WebSocket at `/ws`, which [`/asyncapi.json`](/asyncapi.json) describes; this is the HTTP side.',
    },
    servers: [{ url: publicUrl }],
    tags: groups.map(({ tag, description }) => ({ name: tag, description })),
    paths: pathsOf(),
    components: {
      securitySchemes: {
        agency: { type: 'http', scheme: 'bearer', description: 'The parent API key, `cm_live_…`.' },
        subaccount: { type: 'http', scheme: 'bearer', description: "A subaccount's API key, `cm_live_…`." },
        operator: { type: 'http', scheme: 'bearer', description: "The operator's token." },
      },
    },
  });

const pathsOf = (): ZodOpenApiPathsObject => {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const { tag, operations } of groups) {
    for (const operation of operations) {
      for (const [index, path] of [operation.path, ...(operation.aliases ?? [])].entries()) {
        const item = (paths[path.replaceAll(/:(\w+)/g, '{$1}')] ??= {});
        item[operation.method.toLowerCase()] = entryOf(operation, tag, index > 0);
      }
    }
  }
  return paths;
};

const entryOf = (operation: RestOperation, tag: string, isAlias: boolean): ZodOpenApiOperationObject => ({
  operationId: isAlias ? `${operation.id}Alias` : operation.id,
  tags: [tag],
  summary: operation.summary,
  ...(operation.description === undefined ? {} : { description: operation.description }),
  security: [{ [operation.access]: [] }],
  requestParams: {
    ...(operation.params instanceof z.ZodObject ? { path: operation.params } : {}),
    ...(operation.query instanceof z.ZodObject ? { query: operation.query } : {}),
    ...(operation.method === 'POST' && operation.replayable !== undefined
      ? { header: z.object({ 'Idempotency-Key': z.string().max(255).optional() }) }
      : {}),
  },
  ...(operation.body === undefined
    ? {}
    : { requestBody: { required: true, content: { 'application/json': { schema: operation.body } } } }),
  responses: responsesOf(operation),
});

const responsesOf = (operation: RestOperation): ZodOpenApiResponsesObject => {
  const answer =
    operation.answer === undefined
      ? { description: 'Done.' }
      : { description: 'Done.', content: { 'application/json': { schema: operation.answer } } };
  const responses: Record<string, object> = { [String(operation.status)]: answer };
  const codes = refusalsOf(operation);
  for (const status of new Set(codes.map((code) => problems[code].status))) {
    const named = codes.filter((code) => problems[code].status === status);
    responses[String(status)] = {
      description: named.map((code) => `\`${code}\``).join(', '),
      content: { 'application/problem+json': { schema: problemSchema } },
    };
  }
  return responses as ZodOpenApiResponsesObject;
};

/** What a call can be refused with: its own codes, and those that follow from its kind. */
export const refusalsOf = (operation: RestOperation): ProblemCode[] => {
  const changes = operation.method !== 'GET';
  const codes: ProblemCode[] = [
    'invalid_api_key',
    'rate_limited',
    'unavailable',
    ...(operation.refusals ?? []),
  ];
  if (operation.access !== 'operator') codes.push('wrong_key_type');
  if (operation.access === 'agency' && changes) codes.push('payment_required');
  if (operation.access === 'subaccount' && changes) codes.push('subaccount_suspended');
  if (operation.params !== undefined) codes.push('not_found');
  if (operation.path.includes(':phone_number')) codes.push('invalid_request');
  if (operation.body !== undefined) codes.push('malformed_json', 'body_too_large', 'invalid_request');
  if (operation.query !== undefined) codes.push('invalid_request');
  if (operation.replayable === true) codes.push('idempotency_conflict', 'invalid_request');
  return [...new Set(codes)].sort((a, b) => problems[a].status - problems[b].status);
};
