import { randomUUID } from 'node:crypto';
import { e164Schema } from '@claw/contracts';
import { eventually } from '@claw/testing';
import { Inbound, received, type Routed } from './testing/inbound.fixture';
import { RoutingWorld } from './testing/routing-world.fixture';

describe('what a customer’s message holds', () => {
  const world = new RoutingWorld();
  const inbound = new Inbound(world);
  beforeAll(async () => {
    await world.open();
    await world.startApp();
  }, 60_000);
  afterAll(() => world.close(), 60_000);

  const tell = async ({ subaccount, phone }: Routed, text: string, change: object): Promise<void> =>
    inbound.tell(received(phone, subaccount.sendingNumber, text, change));
  const firstOf = async ({ subaccount }: Routed, text: string) =>
    (await inbound.messagesOf(subaccount)).find((message) => message.text === text);

  it('comes with its pictures, by the carrier’s URL', async () => {
    const one = await inbound.routed();
    const url = 'https://cdn.example.com/cat.jpg';
    await tell(one, '', {
      parts: [
        { type: 'text', value: 'My cat:' },
        { id: 'a', type: 'media', url, mime_type: 'image/jpeg', filename: 'cat.jpg', size_bytes: 48_213 },
      ],
    });
    await eventually(async () =>
      expect(await firstOf(one, 'My cat:')).toMatchObject({
        parts: [
          { type: 'text', value: 'My cat:' },
          { type: 'media', url, mimeType: 'image/jpeg', filename: 'cat.jpg', size: 48_213 },
        ],
        attachments: [{ url, mimeType: 'image/jpeg', filename: 'cat.jpg', size: 48_213 }],
      }),
    );
  });

  it('comes with its link as text', async () => {
    const one = await inbound.routed();
    const link = { type: 'link', value: 'https://example.com/offer' };
    await tell(one, '', { parts: [link] });
    await eventually(async () => expect(await firstOf(one, link.value)).toMatchObject({ parts: [link] }));
  });

  it('names the message of the agent’s that it is a reply to by the agent’s id of it', async () => {
    const one = await inbound.routed();
    const messageId = await world.accept(one.subaccount, one.phone, 'Red or blue?');
    const theirs = await eventually(async () => {
      const [sent] = await world.carrier.phone(one.phone);
      expect(await world.statesOf(one.subaccount, messageId)).toContain('delivered');
      return sent?.message_id;
    });
    await tell(one, 'Blue.', { reply_to: { message_id: theirs, part_index: 0 } });
    await eventually(async () =>
      expect(await firstOf(one, 'Blue.')).toMatchObject({ replyTo: { messageId } }),
    );
  });

  it('names a message of the customer’s own that it is a reply to', async () => {
    const one = await inbound.routed();
    const first = randomUUID();
    await tell(one, 'Where are you?', { id: first });
    await eventually(async () => expect(await firstOf(one, 'Where are you?')).toBeDefined());
    await tell(one, 'I mean your shop.', { reply_to: { message_id: first } });
    await eventually(async () =>
      expect(await firstOf(one, 'I mean your shop.')).toMatchObject({ replyTo: { messageId: first } }),
    );
  });

  it('says nothing of a message that it is a reply to where nobody knows that, or another subaccount has it', async () => {
    const agency = await world.tenants.agency();
    const [one, other] = [await inbound.routed(agency), await inbound.routed(agency)];
    const theirs = randomUUID();
    await tell(other, 'Not for you.', { id: theirs });
    await eventually(async () => expect(await firstOf(other, 'Not for you.')).toBeDefined());
    await tell(one, 'To theirs.', { reply_to: { message_id: theirs } });
    await tell(one, 'To none.', { reply_to: { message_id: randomUUID() } });
    await eventually(async () => expect(await inbound.textsOf(one.subaccount)).toHaveLength(2));
    for (const message of await inbound.messagesOf(one.subaccount)) {
      expect(e164Schema.parse(message.from)).toBe(one.phone);
      expect(message).not.toHaveProperty('replyTo');
    }
  });
});
