import { directChatId, liveSignalSchema, type LiveSignal, subjects } from '@claw/contracts';
import { eventually } from '@claw/testing';
import type { Subscription } from 'nats';
import { carrierChatOf, eventOf, Inbound, received, type Routed } from './testing/inbound.fixture';
import { RoutingWorld } from './testing/routing-world.fixture';
import type { TestSubaccount } from './testing/tenants.fixture';

describe('a customer who types', () => {
  const world = new RoutingWorld();
  const inbound = new Inbound(world);
  const subscriptions: Subscription[] = [];
  beforeAll(async () => {
    await world.open();
    await world.startApp();
  }, 60_000);
  afterEach(() => subscriptions.splice(0).forEach((subscription) => subscription.unsubscribe()));
  afterAll(() => world.close(), 60_000);

  /** What the agent of a subaccount is told from now on. */
  const listen = async ({ subaccountId }: TestSubaccount): Promise<readonly LiveSignal[]> => {
    const heard: LiveSignal[] = [];
    const { connection } = world.link.now();
    subscriptions.push(
      connection.subscribe(subjects.live(subaccountId), {
        callback: (_, message) => {
          // Entries of its feed come here, too.
          if (message.headers === undefined) heard.push(liveSignalSchema.parse(message.json()));
        },
      }),
    );
    await connection.flush();
    return heard;
  };
  const types = (
    { subaccount, phone }: Routed,
    state: 'started' | 'stopped',
    at = new Date(),
  ): Promise<void> =>
    inbound.tell({
      ...eventOf(`chat.typing_indicator.${state}`, {
        chat_id: carrierChatOf(phone, subaccount.sendingNumber),
      }),
      created_at: at.toISOString(),
    });
  const typing = ({ subaccount, phone }: Routed, state: 'started' | 'stopped', claim = 0): LiveSignal => ({
    type: 'typing',
    from: phone,
    chatId: directChatId(subaccount.subaccountId, phone, claim),
    state,
  });

  it('is shown to the agent, until they stop', async () => {
    const one = await inbound.routed();
    await inbound.settleTold(one);
    const heard = await listen(one.subaccount);
    await types(one, 'started');
    await types(one, 'stopped');
    await eventually(() => expect(heard).toEqual([typing(one, 'started'), typing(one, 'stopped')]));
  });

  it('is no news a minute later', async () => {
    const one = await inbound.routed();
    await inbound.settleTold(one);
    const heard = await listen(one.subaccount);
    await types(one, 'started', new Date(Date.now() - 61_000));
    await types(one, 'stopped');
    await eventually(() => expect(heard).toEqual([typing(one, 'stopped')]));
  });

  it('is shown to the one who has the number now, in the chat of that claim', async () => {
    const agency = await world.tenants.agency();
    const one = await inbound.routed(agency);
    const later = { subaccount: await world.tenants.subaccount(agency), phone: one.phone };
    await inbound.settleTold(one);
    await inbound.release(one.subaccount, one.phone);
    await world.claim(later.subaccount, [one.phone]);
    const [before, now] = [await listen(one.subaccount), await listen(later.subaccount)];
    await types(later, 'started');
    await eventually(() => expect(now).toEqual([typing(later, 'started', 2)]));
    expect(before).toEqual([]);
  });

  it('is not shown while the subaccount is suspended', async () => {
    const one = await inbound.routed();
    await inbound.settleTold(one);
    const heard = await listen(one.subaccount);
    await world.tenants.setSubaccount(one.subaccount, 'suspended');
    await inbound.settleTold(one);
    await types(one, 'started');
    await inbound.settleTold(one);
    expect(heard).toEqual([]);
  });

  it('is not shown once nobody has the number', async () => {
    const agency = await world.tenants.agency();
    const [one, witness] = [await inbound.routed(agency), await inbound.routed(agency)];
    await inbound.settleTold(one);
    const heard = await listen(one.subaccount);
    await inbound.release(one.subaccount, one.phone);
    await types(one, 'started');
    // In the same chat of the carrier's, so after it.
    const line = agency.sendingNumber;
    const chat = { id: carrierChatOf(one.phone, line), is_group: false, owner_handle: { handle: line } };
    await inbound.tell(received(witness.phone, line, 'after', { chat }));
    await eventually(async () => expect(await inbound.textsOf(witness.subaccount)).toEqual(['after']));
    expect(heard).toEqual([]);
  });
});
