import { Unavailable } from '@claw/kernel';
import { randomName, withNats } from '@claw/testing';
import { WrongLastSequence } from '../connection/faults';
import { whileFrozen, withLinks } from '../linked.fixture';
import { JetStreamPublisher } from './jetstream-publisher';

describe('JetStreamPublisher', () => {
  const nats = withNats();
  const links = withLinks(nats);
  const streamOf = async (maxBytes?: number) => {
    const name = randomName('stream');
    const link = await links.linkWith([
      { name, subjects: [`${name}.>`], discard: 'new', ...(maxBytes !== undefined && { maxBytes }) },
    ]);
    return { name, link, publisher: new JetStreamPublisher(link) };
  };

  it('answers with the sequence under which the stream keeps the message', async () => {
    const { name, link, publisher } = await streamOf();
    const published = await publisher.publish(`${name}.a`, { hello: 'you' }, { headers: { 'X-Own': 'yes' } });
    expect(published).toEqual({ seq: 1, duplicate: false });
    const kept = await (await link.manager()).streams.getMessage(name, { seq: 1 });
    expect(kept.json()).toEqual({ hello: 'you' });
    expect(kept.header.get('X-Own')).toBe('yes');
  });

  it('answers a repeated message id with the first one', async () => {
    const { name, publisher } = await streamOf();
    await publisher.publish(`${name}.a`, { n: 1 }, { msgId: 'one' });
    await publisher.publish(`${name}.a`, { n: 2 });
    expect(await publisher.publish(`${name}.a`, { n: 1 }, { msgId: 'one' })).toEqual({
      seq: 1,
      duplicate: true,
    });
  });

  it('refuses a message that expected another last sequence, and tells which it is', async () => {
    const { name, publisher } = await streamOf();
    await publisher.publish(`${name}.a`, {}, { expectLastSequence: 0 });
    const late = publisher.publish(`${name}.a`, {}, { expectLastSequence: 0 });
    await expect(late).rejects.toThrow(WrongLastSequence);
    await expect(late).rejects.toMatchObject({ actual: 1 });
    await expect(publisher.publish(`${name}.b`, {}, { expectLastSubjectSequence: 0 })).resolves.toMatchObject(
      { seq: 2 },
    );
    await expect(publisher.publish(`${name}.b`, {}, { expectLastSubjectSequence: 0 })).rejects.toThrow(
      WrongLastSequence,
    );
  });

  it('says that the outcome is known where no stream takes the message', async () => {
    const { publisher } = await streamOf();
    const published = publisher.publish(randomName('nowhere'), {});
    await expect(published).rejects.toThrow(Unavailable);
    await expect(published).rejects.toMatchObject({ outcomeUnknown: false });
  });

  it('refuses as unavailable what a full stream has no room for, and forgets nothing', async () => {
    const { name, link, publisher } = await streamOf(2_000);
    const fill = async (): Promise<void> => {
      for (let n = 0; n < 20; n += 1) await publisher.publish(`${name}.a`, new Uint8Array(300));
    };
    await expect(fill()).rejects.toMatchObject({ name: 'Unavailable', outcomeUnknown: false });
    const { state } = await (await link.manager()).streams.info(name);
    expect(state.first_seq).toBe(1);
    expect(state.messages).toBeGreaterThan(2);
  });

  it('says that the outcome is unknown where the server falls silent', async () => {
    const { name, link, publisher } = await streamOf();
    await whileFrozen(nats, link, () =>
      expect(publisher.publish(`${name}.a`, {}, { timeoutMs: 200 })).rejects.toMatchObject({
        name: 'Unavailable',
        outcomeUnknown: true,
      }),
    );
  });

  it('fails at once while NATS is down, and sends nothing later', async () => {
    const { name, link, publisher } = await streamOf();
    await nats.crash();
    try {
      await expect(publisher.publish(`${name}.a`, {})).rejects.toThrow(Unavailable);
      const before = performance.now();
      await expect(publisher.publish(`${name}.a`, {})).rejects.toThrow(Unavailable);
      expect(performance.now() - before).toBeLessThan(50);
    } finally {
      await nats.up();
    }
    await link.up(5_000);
    const { state } = await (await link.manager()).streams.info(name);
    expect(state.messages).toBe(0);
  });
});
