import { eventually } from '@claw/testing';
import { RoutingWorld } from './testing/routing-world.fixture';
import type { TestSubaccount } from './testing/tenants.fixture';

const within = { withinMs: 10_000 };
const told = { type: 'reaction.result', id: 'reaction', ok: true };

describe('a reaction on its way out', () => {
  const world = new RoutingWorld();
  beforeAll(async () => {
    await world.open();
    await world.startApp();
  }, 60_000);
  afterAll(() => world.close(), 60_000);

  /** A message that is on its phone. */
  const message = async () => {
    const { subaccount, phone } = await world.sender();
    const messageId = await world.accept(subaccount, phone, 'hello');
    const carrierId = await eventually(async () => {
      const [got] = await world.carrier.phone(phone);
      expect(got).toBeDefined();
      return got?.message_id ?? '';
    }, within);
    return { subaccount, phone, messageId, carrierId };
  };
  const shows = (carrierId: string, reactions: readonly string[]) =>
    eventually(async () => expect(await world.carrier.reactionsTo(carrierId)).toEqual(reactions), within);
  const failsWith = async (subaccount: TestSubaccount, messageId: string, errorCode: string) => {
    const signals = await world.signals(subaccount);
    await world.acceptReaction(subaccount, messageId);
    await eventually(
      () =>
        expect(signals).toEqual([
          { ...told, ok: false, errorCode, error: expect.stringMatching(/^[A-Z].*\.$/) },
        ]),
      within,
    );
  };

  it('shows on the message, is taken away again, and its agent is told of both', async () => {
    const { subaccount, messageId, carrierId } = await message();
    const signals = await world.signals(subaccount);
    await world.acceptReaction(subaccount, messageId);
    await shows(carrierId, ['love']);
    await world.acceptReaction(subaccount, messageId, { clientId: 'second', remove: true });
    await shows(carrierId, []);
    await eventually(() => expect(signals).toEqual([told, { ...told, id: 'second' }]));
  });

  it('shows on a customer’s message', async () => {
    const { subaccount, phone } = await world.sender();
    const text = { from: phone, to: subaccount.sendingNumber, text: 'thanks' };
    const messageId = await world.carrier.inbound(text);
    await eventually(async () => expect(await world.feed(subaccount)).toHaveLength(1), within);
    await world.acceptReaction(subaccount, messageId, { reactionType: 'like' });
    await shows(messageId, ['like']);
  });

  it('shows once, however often it is asked for', async () => {
    const { subaccount, messageId, carrierId } = await message();
    const signals = await world.signals(subaccount);
    for (const clientId of ['1', '2', '3']) await world.acceptReaction(subaccount, messageId, { clientId });
    await eventually(() => expect(signals).toEqual(['1', '2', '3'].map((id) => ({ ...told, id }))), within);
    await shows(carrierId, ['love']);
  });

  it('waits until its message is with the carrier', async () => {
    const { subaccount, phone } = await world.sender();
    await world.carrier.behave({ handle: phone, fail: { status: 503, code: 3001, times: 2 } });
    const messageId = await world.accept(subaccount, phone, 'slow');
    const signals = await world.signals(subaccount);
    await world.acceptReaction(subaccount, messageId);
    await eventually(() => expect(signals).toEqual([told]), within);
    const [got] = await world.carrier.phone(phone);
    await shows(got?.message_id ?? '', ['love']);
  });

  it('is told to be about a message that nobody knows', async () => {
    const { subaccount, phone } = await world.sender();
    await world.accept(subaccount, phone, 'there is something in the stream');
    await failsWith(subaccount, 'no such message', 'message_not_found');
  });

  it('doesn’t reach another subaccount’s message', async () => {
    const other = await message();
    const { subaccount } = await world.sender();
    await failsWith(subaccount, other.messageId, 'message_not_found');
    expect(await world.carrier.reactionsTo(other.carrierId)).toEqual([]);
  });

  it('fails where its message was never sent', async () => {
    const { subaccount, phone } = await world.sender();
    const messageId = await world.accept(subaccount, phone, 'see https://example.com');
    await failsWith(subaccount, messageId, 'message_not_found');
  });

  it('fails where the number was released', async () => {
    const { subaccount, phone, messageId, carrierId } = await message();
    await world.release(subaccount, phone);
    await failsWith(subaccount, messageId, 'route_not_registered');
    expect(await world.carrier.reactionsTo(carrierId)).toEqual([]);
  });

  it('is held while its subaccount is suspended', async () => {
    const { subaccount, messageId, carrierId } = await message();
    await world.tenants.setSubaccount(subaccount, 'suspended');
    await world.acceptReaction(subaccount, messageId);
    const other = await message();
    await world.acceptReaction(other.subaccount, other.messageId);
    await shows(other.carrierId, ['love']);
    expect(await world.carrier.reactionsTo(carrierId)).toEqual([]);
    await world.tenants.setSubaccount(subaccount, 'active');
    await shows(carrierId, ['love']);
  });

  it('waits while Postgres is down, and is given once it is back', async () => {
    const { subaccount, messageId, carrierId } = await message();
    await world.postgres.crash();
    await world.acceptReaction(subaccount, messageId);
    await world.postgres.up();
    await eventually(async () => expect(await world.carrier.reactionsTo(carrierId)).toEqual(['love']), {
      withinMs: 25_000,
    });
  }, 60_000);
});
