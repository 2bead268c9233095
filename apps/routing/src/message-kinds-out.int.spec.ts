import { type PhoneNumber, routingCalls } from '@claw/contracts';
import { monthOf, systemClock } from '@claw/kernel';
import { ServiceClient } from '@claw/messaging';
import { eventually } from '@claw/testing';
import { ChatDirectory } from './dispatch/chat-directory';
import { RoutingWorld, system, value } from './testing/routing-world.fixture';
import { randomNumber, type TestSubaccount } from './testing/tenants.fixture';

const within = { withinMs: 10_000 };

describe('what a message on its way out can be', () => {
  const world = new RoutingWorld();
  beforeAll(async () => {
    await world.open();
    await world.startApp();
  }, 60_000);
  afterAll(() => world.close(), 60_000);

  const textsAt = async (phone: PhoneNumber) => (await world.carrier.phone(phone)).map(({ text }) => text);
  const failureOf = (subaccount: TestSubaccount, messageId: string) =>
    eventually(async () => {
      const told = (await world.feed(subaccount)).find(
        (entry) => entry.type === 'status' && entry.messageId === messageId,
      );
      expect(told).toMatchObject({ status: 'failed' });
      return told?.type === 'status' ? told.errorCode : undefined;
    }, within);

  it('carries pictures and an effect', async () => {
    const { subaccount, phone } = await world.sender();
    const url = 'https://example.com/cat.png';
    await world.accept(subaccount, phone, 'look', {
      parts: [
        { type: 'text', value: 'look' },
        { type: 'media', url },
      ],
      effect: 'slam',
    });
    await eventually(
      async () =>
        expect(await world.carrier.phone(phone)).toMatchObject([
          {
            parts: [{ type: 'text', value: 'look' }, { type: 'media' }],
            effect: { name: 'slam', type: 'bubble' },
          },
        ]),
      within,
    );
  });

  describe('a group’s', () => {
    it('reaches everybody, in one chat of the carrier, in order', async () => {
      const { subaccount, phone } = await world.sender();
      const other = randomNumber();
      const { chatId } = await world.acceptInGroup(subaccount, [phone, other], 'one');
      const { messageId } = await world.acceptInGroup(subaccount, [other, phone], 'two');
      for (const each of [phone, other]) {
        await eventually(async () => expect(await textsAt(each)).toEqual(['one', 'two']), within);
      }
      const [first, second] = await world.carrier.phone(phone);
      expect(second?.chat_id).toBe(first?.chat_id);
      await eventually(
        async () => expect(await world.statesOf(subaccount, messageId)).toContain('delivered'),
        within,
      );
      expect(await new ChatDirectory(world.link).get(chatId)).toMatchObject({
        subaccountId: subaccount.subaccountId,
        participants: [phone, other],
        claimRevision: null,
        carrierChatId: first?.chat_id,
      });
    });

    it('is sent as long as anybody in it is the subaccount’s, and fails once nobody is', async () => {
      const { subaccount, phone } = await world.sender();
      const second = randomNumber();
      await world.claim(subaccount, [second]);
      await world.release(subaccount, phone);
      await world.acceptInGroup(subaccount, [phone, second], 'one is enough');
      await eventually(async () => expect(await textsAt(second)).toEqual(['one is enough']), within);
      await world.release(subaccount, second);
      const { messageId } = await world.acceptInGroup(subaccount, [phone, second], 'nobody');
      expect(await failureOf(subaccount, messageId)).toBe('route_not_registered');
      expect(await textsAt(second)).toEqual(['one is enough']);
    });

    it('goes through where the carrier’s chat of these people is another subaccount’s', async () => {
      const agency = await world.tenants.agency();
      const [one, other] = [await world.sender(agency), await world.sender(agency)];
      const people = [one.phone, other.phone];
      // Its webhooks come late: nobody but the hand-over itself says that a message is done.
      await world.carrier.behave({ handle: agency.sendingNumber, delays: { webhook_ms: 60_000 } });
      await world.acceptInGroup(one.subaccount, people, 'from one');
      await eventually(async () => expect(await textsAt(one.phone)).toEqual(['from one']), within);
      await world.acceptInGroup(other.subaccount, people, 'from the other');
      await world.acceptInGroup(other.subaccount, people, 'and again');
      await eventually(
        async () => expect(await textsAt(one.phone)).toEqual(['from one', 'from the other', 'and again']),
        within,
      );
    });
  });

  describe('a threaded reply', () => {
    const replyTo = (messageId: string, fallback: 'plain' | 'fail' = 'fail') => ({
      replyTo: { messageId, fallback },
    });

    it('goes under a message that was accepted just before it', async () => {
      const { subaccount, phone } = await world.sender();
      const first = await world.accept(subaccount, phone, 'a question');
      await world.accept(subaccount, phone, 'an answer', replyTo(first));
      await eventually(async () => expect(await textsAt(phone)).toHaveLength(2), within);
      const [question, answer] = await world.carrier.phone(phone);
      expect(answer?.reply_to).toMatchObject({ message_id: question?.message_id });
    });

    it('goes under a customer’s message', async () => {
      const { subaccount, phone } = await world.sender();
      const inbound = { from: phone, to: subaccount.sendingNumber, text: 'a question' };
      const messageId = await world.carrier.inbound(inbound);
      await eventually(async () => expect(await world.feed(subaccount)).toHaveLength(1), within);
      await world.accept(subaccount, phone, 'an answer', replyTo(messageId));
      await eventually(
        async () =>
          expect(await world.carrier.phone(phone)).toMatchObject([{ reply_to: { message_id: messageId } }]),
        within,
      );
    });

    /** Messages that a reply in the sender's own chat can't go under. */
    const strangers = {
      'that nobody knows': async () => 'no such message',
      'of another subaccount': async () => {
        const other = await world.sender();
        const messageId = await world.accept(other.subaccount, other.phone, 'theirs');
        await eventually(async () => expect(await textsAt(other.phone)).toHaveLength(1), within);
        return messageId;
      },
      'of another chat': async (subaccount: TestSubaccount) => {
        const phone = randomNumber();
        await world.claim(subaccount, [phone]);
        const messageId = await world.accept(subaccount, phone, 'elsewhere');
        await eventually(async () => expect(await textsAt(phone)).toHaveLength(1), within);
        return messageId;
      },
      'that was never sent': async (subaccount: TestSubaccount, phone: PhoneNumber) =>
        world.accept(subaccount, phone, 'see https://example.com'),
    };

    it.each(Object.entries(strangers))('to a message %s fails, or is sent plainly', async (_, make) => {
      const { subaccount, phone } = await world.sender();
      const target = await make(subaccount, phone);
      const failing = await world.accept(subaccount, phone, 'threaded or never', replyTo(target));
      await world.accept(subaccount, phone, 'then plainly', replyTo(target, 'plain'));
      expect(await failureOf(subaccount, failing)).toBe('message_not_found');
      await eventually(async () => expect(await textsAt(phone)).toEqual(['then plainly']), within);
      expect(await world.carrier.phone(phone)).toMatchObject([{ reply_to: null }]);
    });

    it('is treated alike where the carrier has forgotten the message', async () => {
      const { subaccount, phone } = await world.sender();
      const first = await world.accept(subaccount, phone, 'a question');
      await eventually(async () => expect(await textsAt(phone)).toHaveLength(1), within);
      const forget = { handle: phone, fail: { status: 404, code: 2002, times: 1 } };
      await world.carrier.behave(forget);
      const failing = await world.accept(subaccount, phone, 'threaded or never', replyTo(first));
      expect(await failureOf(subaccount, failing)).toBe('message_not_found');
      await world.carrier.behave(forget);
      await world.accept(subaccount, phone, 'then plainly', replyTo(first, 'plain'));
      await eventually(
        async () => expect(await textsAt(phone)).toEqual(['a question', 'then plainly']),
        within,
      );
    });
  });

  it.each([
    [['SMS'], 'SMS'],
    [['RCS', 'SMS'], 'RCS'],
    [['iMessage', 'RCS', 'SMS'], 'iMessage'],
  ])('falls back from iMessage to what a phone with %j has', async (capabilities, service) => {
    const { subaccount, phone } = await world.sender();
    await world.carrier.behave({ handle: phone, capabilities });
    await world.accept(subaccount, phone, 'hello', { service: 'iMessage' });
    await eventually(
      async () => expect(await world.carrier.phone(phone)).toMatchObject([{ service }]),
      within,
    );
  });

  it('says so where no service reaches the recipient', async () => {
    const { subaccount, phone } = await world.sender();
    await world.carrier.behave({ handle: phone, undeliverable: { code: 4005 } });
    const messageId = await world.accept(subaccount, phone, 'hello');
    expect(await failureOf(subaccount, messageId)).toBe('service_unavailable_for_recipient');
  });

  describe('an automatic reply', () => {
    it('reaches whoever it is for, registered or not, and is told and counted for nobody', async () => {
      const { subaccount, phone } = await world.sender();
      await world.accept(subaccount, phone, 'counted');
      await world.tenants.setSubaccount(subaccount, 'suspended');
      const stranger = randomNumber();
      await world.acceptReply(subaccount, stranger, 'You are out.');
      await eventually(async () => expect(await textsAt(stranger)).toEqual(['You are out.']), within);
      const { agencyId, subaccountId } = subaccount;
      const request = { agencyId, month: monthOf(systemClock.now()) };
      expect(value(await new ServiceClient(world.link).call(routingCalls.usage, request, system))).toEqual({
        rows: [{ subaccountId, messagesOut: 1, messagesIn: 0 }],
      });
    });
  });
});
