import { agentFrames, closeCodes, serverFrames } from '@claw/contracts';
import asyncApiSchema from '@asyncapi/specs/schemas/3.0.0.json';
import Ajv from 'ajv';
import { asyncApiDocument } from './asyncapi.document';

interface Document {
  readonly info: { readonly description: string };
  readonly servers: Record<string, { readonly host: string; readonly protocol: string }>;
  readonly channels: { readonly agent: { readonly messages: Record<string, { readonly payload: object }> } };
  readonly operations: Record<string, { readonly messages: readonly { readonly $ref: string }[] }>;
}

const made = asyncApiDocument('https://claw.example');
const document = made as unknown as Document;
const { messages } = document.channels.agent;
const ajv = () => new Ajv({ strict: false, validateFormats: false });
/** Brings its own copy of the schema of schemas. */
const ajvOfAsyncApi = () =>
  new Ajv({ strict: false, validateFormats: false, meta: false, validateSchema: false });

/** What a `$ref` of the document points at. */
const resolved = (reference: string): unknown =>
  reference
    .replace('#/', '')
    .split('/')
    .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], made);

describe('the AsyncAPI document', () => {
  it('is valid AsyncAPI 3.0', () => {
    const validate = ajvOfAsyncApi().compile(asyncApiSchema);
    validate(made);
    expect(validate.errors).toBeNull();
  });

  it('has every frame of either side, and of each an operation', () => {
    const names = [
      'agent.auth',
      ...Object.keys(agentFrames).map((type) => `agent.${type}`),
      ...Object.keys(serverFrames).map((type) => `server.${type}`),
    ].sort();
    expect(Object.keys(messages).sort()).toEqual(names);
    expect(Object.keys(document.operations).sort()).toEqual(names);
  });

  it('points at nothing that is not there', () => {
    const references = [...JSON.stringify(made).matchAll(/"\$ref":"(#[^"]+)"/g)].map(([, to]) => to ?? '');
    expect(references.length).toBeGreaterThan(20);
    expect(references.filter((reference) => resolved(reference) === undefined)).toEqual([]);
  });

  it('tells of every code that the socket is closed with', () => {
    for (const code of Object.values(closeCodes)) expect(document.info.description).toContain(`| ${code} |`);
  });

  it('names the address that the world connects to', () => {
    expect(document.servers['gateway']).toMatchObject({ host: 'claw.example', protocol: 'wss' });
    expect(asyncApiDocument('http://127.0.0.1:8080')).toMatchObject({
      servers: { gateway: { host: '127.0.0.1:8080', protocol: 'ws' } },
    });
  });

  const to = '+15551234567';
  const parts = [{ type: 'text', value: 'Hello' }];
  const chatId = '6f1c8f0e-7d0e-5a43-9a3f-0d6f6f1b2a11';
  it.each([
    [
      'a send as the mission page shows it',
      { type: 'send', id: 'msg-1', to, parts, service: 'iMessage' },
      true,
    ],
    ['a send to a group', { type: 'send', id: '1', to: [to, '+15551234568'], parts }, true],
    ['a send into a chat', { type: 'send', id: '1', chatId, parts, replyTo: { messageId: 'm' } }, true],
    ['a send to nobody', { type: 'send', id: '1', parts }, false],
    ['a send to two addresses', { type: 'send', id: '1', to, chatId, parts }, false],
    ['a send of nothing', { type: 'send', id: '1', to, parts: [] }, false],
    [
      'a send by a service that there is none of',
      { type: 'send', id: '1', to, parts, service: 'fax' },
      false,
    ],
  ])('and the gateway think the same of %s', (_, frame, fine) => {
    const validate = ajv().compile(messages['agent.send']?.payload ?? {});
    expect(agentFrames.send.safeParse(frame).success).toBe(fine);
    expect(validate(frame)).toBe(fine);
  });
});
