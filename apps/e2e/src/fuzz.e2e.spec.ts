import {
  agencyOperations,
  agentFrames,
  agentOperations,
  isProblemCode,
  serverFrames,
  socketErrorCodes,
} from '@claw/contracts';
import fc from 'fast-check';
import { Agent, type Frame } from './support/agent';
import type { RunFile } from './support/claw';
import { sharedPlatform } from './support/shared-platform';
import { newAgency, newRoute, newSubaccount, type TestAgency, type TestSubaccount } from './support/tenants';
import { around, shortOrLong } from './support/test-length';

const frames = shortOrLong(2_000, 200_000);
const bodies = shortOrLong(500, 50_000);

const awkward = fc.oneof(
  fc.anything({ withNullPrototype: false, maxDepth: 4 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.constantFrom('__proto__', 'constructor', '', '\u0000', '>', '*', '+15551234567', 1e308, -0, null),
);

/** A frame that is nearly one: right members with wrong values, or wrong members. */
const anyFrame = (phone: string) =>
  fc.oneof(
    fc.record(
      {
        type: fc.oneof(fc.constantFrom(...Object.keys(agentFrames), 'auth', 'dance', 'constructor'), awkward),
        id: fc.oneof(fc.string({ maxLength: 300 }), awkward),
        to: fc.oneof(fc.constant(phone), fc.array(fc.constantFrom(phone, '+12125550199')), awkward),
        messageId: fc.oneof(fc.uuid(), awkward),
        reactionType: fc.oneof(fc.constantFrom('love', 'question', 'shrug'), awkward),
        remove: fc.oneof(fc.boolean(), awkward),
        replyTo: fc.oneof(fc.record({ messageId: fc.uuid(), fallback: awkward }), awkward),
        effect: fc.oneof(fc.constantFrom('confetti', 'slam', 'thunder'), awkward),
        chatId: fc.oneof(fc.uuid(), awkward),
        parts: fc.oneof(
          fc.array(
            fc.record({ type: fc.constantFrom('text', 'media', 'x'), value: awkward }, { requiredKeys: [] }),
            { maxLength: 50 },
          ),
          awkward,
        ),
        service: fc.oneof(fc.constantFrom('iMessage', 'RCS', 'SMS', 'fax'), awkward),
        since: awkward,
        after_seq: awkward,
        idempotencyKey: awkward,
      },
      { requiredKeys: [] },
    ),
    awkward,
  );

/** JSON text, or what only looks like it. */
const textOf = (value: unknown): string => {
  try {
    return JSON.stringify(value) ?? 'undefined';
  } catch {
    return String(value);
  }
};

const documentedTypes = new Set(Object.keys(serverFrames));
const documentedCodes = new Set<unknown>([...socketErrorCodes, 'unknown_type', undefined]);

describe('fuzz', () => {
  let run: RunFile;
  let agency: TestAgency;
  let subaccount: TestSubaccount;
  let phone: string;
  beforeAll(async () => {
    run = await sharedPlatform().run();
    agency = await newAgency(run);
    subaccount = await newSubaccount(run, agency, { message_limit: 1_000_000 });
    phone = await newRoute(subaccount);
  });

  const crashesSoFar = async (): Promise<string> => {
    const { services } = await sharedPlatform().run();
    return services.map(({ name, replica, pid }) => `${name}-${replica}:${pid}`).join(' ');
  };

  it(
    'of frames gets documented answers only, and the socket stays open',
    async () => {
      const before = await crashesSoFar();
      let agent = await Agent.connect(run.socket, subaccount.key);
      const seen: Frame[] = [];
      await fc.assert(
        fc.asyncProperty(fc.array(anyFrame(phone), { minLength: 1, maxLength: 10 }), async (batch) => {
          agent.frames.length = 0;
          for (const frame of batch) agent.send(textOf(frame));
          agent.send({ type: 'ping' });
          await agent.first('pong');
          seen.push(...agent.frames);
          for (const frame of agent.frames) {
            expect(documentedTypes).toContain(frame.type);
            if (frame.type.endsWith('.result')) expect(documentedCodes).toContain(frame['errorCode']);
          }
          if (agent.closed !== undefined) {
            // Flooding is a documented end; any other is not.
            expect(agent.closed.code).toBe(4029);
            agent = await Agent.connect(run.socket, subaccount.key);
          }
        }),
        { numRuns: Math.ceil(frames / 5) },
      );
      await agent.close();
      expect(seen.length).toBeGreaterThan(0);
      expect(await crashesSoFar()).toBe(before);
    },
    around(shortOrLong(60, 3_600)),
  );

  it(
    'of bodies gets documented answers only',
    async () => {
      const before = await crashesSoFar();
      const takesBody = [
        { rest: agency.rest, operations: Object.values(agencyOperations) },
        { rest: subaccount.rest, operations: Object.values(agentOperations) },
      ].flatMap(({ rest, operations }) =>
        operations.flatMap((operation) => ('body' in operation ? [{ rest, operation }] : [])),
      );
      const names = [
        'name',
        'email',
        'external_id',
        'message_limit',
        'phone_number',
        'phone_numbers',
        'help_text',
      ];
      const anyBody = fc.oneof(
        fc.dictionary(fc.oneof(fc.constantFrom(...names, 'to', 'parts', 'text', 'id'), fc.string()), awkward),
        awkward,
      );
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...takesBody), anyBody, async ({ rest, operation }, body) => {
          const path = operation.path.replace(':id', subaccount.id);
          const answer = await rest.call<{ error?: string }>(operation.method, path, { body: textOf(body) });
          expect(answer.status === 500 || answer.status === 503).toBe(false);
          if (answer.status >= 400) expect(isProblemCode(String(answer.body.error))).toBe(true);
        }),
        { numRuns: bodies },
      );
      expect(await crashesSoFar()).toBe(before);
    },
    around(shortOrLong(60, 3_600)),
  );
});
