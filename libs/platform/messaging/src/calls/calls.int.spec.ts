import { type CallContext, type CallResult, serviceCall } from '@claw/contracts';
import { Unavailable } from '@claw/kernel';
import { eventually, randomName, withNats } from '@claw/testing';
import { Controller, type INestApplicationContext, type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { z } from 'zod';
import type { NatsLink } from '../connection/nats-link';
import { whileFrozen, withLinks } from '../linked.fixture';
import { Answers } from './answers.decorator';
import { type AnswerContext, headersOfCall } from './call-context';
import { natsMicroservice } from './nats-microservice';
import { CallFailed, ServiceClient } from './service-client';

const prefix = randomName('greeting');
const nameSchema = z.object({ name: z.string().min(1) });
const greet = serviceCall(`${prefix}.greet`, nameSchema, z.object({ greeting: z.string(), by: z.string() }));
const fail = serviceCall(`${prefix}.fail`, nameSchema, z.object({}));
const hold = serviceCall(`${prefix}.hold`, nameSchema, z.object({}));
const twist = serviceCall(`${prefix}.twist`, nameSchema, z.object({ greeting: z.string() }));

const context: CallContext = { requestId: 'req \u2713', actor: { kind: 'agency', id: 'a-1' } };

interface Probe {
  readonly name: string;
  readonly seen: AnswerContext[];
  readonly begun: string[];
  release: () => void;
}

const moduleFor = (probe: Probe) => {
  @Controller()
  class Greeter {
    @Answers(greet)
    async greet({ name }: { name: string }, asked: AnswerContext) {
      probe.seen.push(asked);
      probe.begun.push(name);
      if (name === 'stranger') {
        return { ok: false, error: { code: 'not_welcome', detail: 'Who are you?', since: 7 } } as const;
      }
      return { ok: true, value: { greeting: `Hello ${name}`, by: probe.name } } as const;
    }

    @Answers(fail)
    async fail({ name }: { name: string }): Promise<CallResult<Record<string, never>>> {
      if (name === 'outage') throw new Unavailable('PostgreSQL', true);
      throw new Error('secret detail');
    }

    @Answers(hold)
    async hold({ name }: { name: string }) {
      probe.begun.push(name);
      await new Promise<void>((resolve) => (probe.release = resolve));
      return { ok: true, value: {} } as const;
    }

    @Answers(twist)
    async twist(): Promise<CallResult<{ greeting: string }>> {
      return JSON.parse('{"ok":true,"value":{"greeting":7}}') as CallResult<{ greeting: string }>;
    }
  }
  @Module({ controllers: [Greeter] })
  class GreeterModule {}
  return GreeterModule;
};

describe('calls between services', () => {
  const nats = withNats();
  const links = withLinks(nats);
  const running: Pick<INestApplicationContext, 'close'>[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((service) => service.close()));
  });

  const serve = async (link: NatsLink, name = 'one', maxInFlight = 100) => {
    const probe: Probe = { name, seen: [], begun: [], release: () => undefined };
    const service: INestMicroservice = await NestFactory.createMicroservice(moduleFor(probe), {
      ...natsMicroservice({ nats: link, queue: prefix, graceMs: 2_000, maxInFlight }),
      logger: false,
    });
    await service.listen();
    running.push(service);
    return { service, probe };
  };
  const both = async () => {
    const link = links.link();
    await link.connection();
    const { probe, service } = await serve(link);
    const caller = links.link();
    await caller.connection();
    await link.now().connection.flush();
    return { probe, service, link, caller, client: new ServiceClient(caller) };
  };

  it('answers with a value that both sides have checked', async () => {
    const { client } = await both();
    expect(await client.call(greet, { name: 'Ada' }, context)).toEqual({
      ok: true,
      value: { greeting: 'Hello Ada', by: 'one' },
    });
  });

  it('answers an expected refusal with its code and what belongs to it', async () => {
    const { client } = await both();
    expect(await client.call(greet, { name: 'stranger' }, context)).toEqual({
      ok: false,
      error: { code: 'not_welcome', detail: 'Who are you?', since: 7 },
    });
  });

  it('tells the handler who asks, in whose request, and until when', async () => {
    const { client, probe } = await both();
    await client.call(greet, { name: 'Ada' }, context);
    expect(probe.seen).toEqual([expect.objectContaining(context)]);
    expect(probe.seen[0]?.deadline).toBeGreaterThan(Date.now());
  });

  it('refuses a request that its schema does not know, and names the field', async () => {
    const { client, probe } = await both();
    expect(await client.call(greet, { name: '' }, context)).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', fields: [{ field: 'name' }] },
    });
    expect(probe.begun).toEqual([]);
  });

  it('passes an outage on as unavailable, and a failure without its cause', async () => {
    const { client } = await both();
    await expect(client.call(fail, { name: 'outage' }, context)).rejects.toMatchObject({
      name: 'Unavailable',
      outcomeUnknown: true,
    });
    const failed = client.call(fail, { name: 'bug' }, context);
    await expect(failed).rejects.toThrow(CallFailed);
    await expect(failed).rejects.not.toThrow(/secret detail/);
  });

  it('fails where the answer breaks its contract', async () => {
    const { client } = await both();
    await expect(client.call(twist, { name: 'x' }, context)).rejects.toThrow(CallFailed);
  });

  it('shares the calls out over all that answer, each once', async () => {
    const { client, probe } = await both();
    const second = links.link();
    await second.connection();
    const { probe: other } = await serve(second, 'two');
    await second.now().connection.flush();
    const names = Array.from({ length: 100 }, (_, n) => `caller-${n}`);
    await Promise.all(names.map((name) => client.call(greet, { name }, context)));
    expect([...probe.begun, ...other.begun].sort()).toEqual([...names].sort());
    expect(probe.begun.length).toBeGreaterThan(0);
    expect(other.begun.length).toBeGreaterThan(0);
  });

  it('is unavailable at once where nobody answers', async () => {
    const link = links.link();
    await link.connection();
    const since = performance.now();
    await expect(new ServiceClient(link).call(greet, { name: 'Ada' }, context)).rejects.toMatchObject({
      name: 'Unavailable',
      outcomeUnknown: false,
    });
    expect(performance.now() - since).toBeLessThan(1_000);
  });

  it('is unavailable at once while NATS is down, and the request is never sent', async () => {
    const { client, caller, link, probe } = await both();
    await nats.crash();
    try {
      await eventually(() => expect(caller.connected).toBe(false));
      await expect(client.call(greet, { name: 'late' }, context)).rejects.toMatchObject({
        name: 'Unavailable',
        outcomeUnknown: false,
      });
    } finally {
      await nats.up();
    }
    await Promise.all([link.up(5_000), caller.up(5_000)]);
    await eventually(() => client.call(greet, { name: 'on time' }, context));
    expect(probe.begun).toEqual(['on time']);
  });

  it('gives up in time, and the service does not begin what it gets too late', async () => {
    const { client, link, probe } = await both();
    await whileFrozen(nats, link, () =>
      expect(client.call(greet, { name: 'late' }, context, { timeoutMs: 200 })).rejects.toMatchObject({
        name: 'Unavailable',
        outcomeUnknown: true,
      }),
    );
    await client.call(greet, { name: 'on time' }, context);
    expect(probe.begun).toEqual(['on time']);
  });

  it('starts while NATS is down and answers when it is there', async () => {
    await nats.crash();
    const { probe } = await serve(links.link());
    await nats.up();
    const caller = links.link();
    await caller.connection();
    const client = new ServiceClient(caller);
    await eventually(() => client.call(greet, { name: 'Ada' }, context));
    expect(probe.begun).toEqual(['Ada']);
  });

  it('survives garbage, and refuses a call without a context', async () => {
    const { client, caller } = await both();
    const { connection } = caller.now();
    for (const garbage of ['', '{', '"text"', 'null', '[1]', '{"data":1}']) {
      const answer = await connection.request(greet.subject, garbage, { timeout: 1_000 });
      expect(answer.json()).toMatchObject({ response: { ok: false, error: { code: 'invalid_request' } } });
    }
    const packet = JSON.stringify({ data: { name: 'Ada' }, id: '1' });
    const answer = await connection.request(greet.subject, packet, { timeout: 1_000 });
    expect(answer.json()).toMatchObject({ response: { ok: false, error: { code: 'invalid_request' } } });
    expect(await client.call(greet, { name: 'Ada' }, context)).toMatchObject({ ok: true });
  });

  it('answers unavailable beyond the calls that it can have at work', async () => {
    const link = links.link();
    await link.connection();
    const { probe } = await serve(link, 'busy', 1);
    await link.now().connection.flush();
    const client = new ServiceClient(link);
    const first = client.call(hold, { name: 'first' }, context);
    await eventually(() => expect(probe.begun).toEqual(['first']));
    await expect(client.call(hold, { name: 'second' }, context)).rejects.toThrow(Unavailable);
    probe.release();
    expect(await first).toEqual({ ok: true, value: {} });
  });

  it('ends what is at work before it stops', async () => {
    const { client, service, probe } = await both();
    const asked = client.call(hold, { name: 'last' }, context);
    await eventually(() => expect(probe.begun).toEqual(['last']));
    const stopped = service.close();
    // It has stopped taking calls once one is refused: one that came before that may still have been taken.
    await eventually(() =>
      expect(client.call(greet, { name: 'perhaps' }, context)).rejects.toThrow(Unavailable),
    );
    const begun = [...probe.begun];
    await expect(client.call(greet, { name: 'too late' }, context)).rejects.toThrow(Unavailable);
    probe.release();
    expect(await asked).toEqual({ ok: true, value: {} });
    await stopped;
    expect(probe.begun).toEqual(begun);
  });

  it('carries the request id and actor in headers, whatever characters they have', () => {
    const headers = headersOfCall({ requestId: 'a\r\nb', actor: { kind: 'operator', id: '\u00fc' } }, 1);
    expect([...headers.keys()].map((name) => headers.get(name)).join()).toMatch(/^[\x20-\x7e]*$/);
  });
});
