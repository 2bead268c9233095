import { directChatId, routingCalls } from '@claw/contracts';
import { ServiceClient } from '@claw/messaging';
import { eventually } from '@claw/testing';
import type { CarrierSignal } from './dispatch/carrier';
import type { SimulatorEvent } from './testing/carrier-simulator.fixture';
import { RoutingWorld, system, value } from './testing/routing-world.fixture';
import { randomNumber, type TestSubaccount } from './testing/tenants.fixture';

const within = { withinMs: 10_000 };

describe('typing and read, on their way out', () => {
  const world = new RoutingWorld();
  beforeAll(async () => {
    await world.open();
    await world.startApp();
  }, 60_000);
  afterAll(() => world.close(), 60_000);

  const give = async (
    { agencyId, subaccountId }: TestSubaccount,
    chatId: string,
    signal: CarrierSignal = 'typing.start',
  ): Promise<boolean> => {
    const request = { agencyId, subaccountId, chatId, signal };
    return value(await new ServiceClient(world.link).call(routingCalls.signal, request, system)).given;
  };
  /** A chat in which something has been said. */
  const chat = async (agency?: TestSubaccount) => {
    const { subaccount, phone } = await world.sender(agency);
    await world.accept(subaccount, phone, 'hello');
    const carrierChat = await eventually(async () => {
      const [got] = await world.carrier.phone(phone);
      expect(got).toBeDefined();
      return got?.chat_id ?? '';
    }, within);
    return { subaccount, phone, chatId: directChatId(subaccount.subaccountId, phone, 0), carrierChat };
  };
  const of = (carrierChat: string, seen: readonly SimulatorEvent[]) =>
    seen
      .filter(({ chat: { id }, type }) => id === carrierChat && (type === 'typing' || type === 'chat.read'))
      .map(({ type, state }) => state ?? type);

  it('show on the customer’s phone', async () => {
    const { subaccount, chatId, carrierChat } = await chat();
    const { seen, end } = await world.carrier.happenings();
    for (const signal of ['typing.start', 'typing.stop', 'read'] as const) {
      await eventually(async () => expect(await give(subaccount, chatId, signal)).toBe(true), within);
    }
    await eventually(
      () => expect(of(carrierChat, seen)).toEqual(['started', 'stopped', 'chat.read']),
      within,
    );
    end();
  });

  it('aren’t given in a chat that there isn’t, or that nothing was said in', async () => {
    const { subaccount, phone } = await world.sender();
    expect(await give(subaccount, directChatId(subaccount.subaccountId, phone, 0))).toBe(false);
  });

  it('aren’t given in a group', async () => {
    const { subaccount, phone } = await world.sender();
    const { chatId } = await world.acceptInGroup(subaccount, [phone, randomNumber()], 'hello');
    await eventually(async () => expect(await world.carrier.phone(phone)).toHaveLength(1), within);
    expect(await give(subaccount, chatId, 'read')).toBe(false);
  });

  it('aren’t given where the carrier is down', async () => {
    const { subaccount, phone, chatId } = await chat();
    await world.carrier.behave({ handle: phone, outage: true });
    expect(await give(subaccount, chatId)).toBe(false);
    await world.carrier.behave({ handle: phone, outage: null });
  });

  it('never show in another subaccount’s chat, nor in one whose number is another’s by now', async () => {
    const mine = await chat();
    const other = await world.tenants.subaccount(mine.subaccount);
    const { seen, end } = await world.carrier.happenings();
    await eventually(async () => expect(await give(mine.subaccount, mine.chatId, 'read')).toBe(true), within);
    expect(await give(other, mine.chatId)).toBe(false);
    await world.release(mine.subaccount, mine.phone);
    await world.claim(other, [mine.phone]);
    expect(await give(mine.subaccount, mine.chatId)).toBe(false);
    expect(of(mine.carrierChat, seen)).toEqual(['chat.read']);
    end();
  });
});
