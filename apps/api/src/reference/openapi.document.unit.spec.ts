import { agencyOperations, agentOperations, operatorOperations, problems } from '@claw/contracts';
import { openApiDocument, refusalsOf } from './openapi.document';

interface Entry {
  readonly operationId: string;
  readonly security: readonly Record<string, unknown>[];
  readonly responses: Record<string, { readonly content?: Record<string, unknown> }>;
}

const all = [agencyOperations, agentOperations, operatorOperations].flatMap((group) => Object.values(group));
const document = openApiDocument('https://claw.example');
const entries = Object.values(document.paths ?? {}).flatMap((item) => Object.values(item) as Entry[]);

describe('the OpenAPI document', () => {
  it('has every operation, and every alias', () => {
    const aliases = all.flatMap((operation) => ('aliases' in operation ? operation.aliases : []));
    expect(entries).toHaveLength(all.length + aliases.length);
  });

  it('has no id twice', () => {
    expect(new Set(entries.map(({ operationId }) => operationId)).size).toBe(entries.length);
  });

  it('says which kind of key each operation takes', () => {
    for (const operation of all) {
      const entry = entries.find(({ operationId }) => operationId === operation.id);
      expect(entry?.security).toEqual([{ [operation.access]: [] }]);
    }
  });

  it('documents each refusal under its status as a problem', () => {
    for (const operation of all) {
      const entry = entries.find(({ operationId }) => operationId === operation.id);
      for (const code of refusalsOf(operation)) {
        const response = entry?.responses[String(problems[code].status)];
        expect(Object.keys(response?.content ?? {})).toEqual(['application/problem+json']);
      }
    }
  });
});
