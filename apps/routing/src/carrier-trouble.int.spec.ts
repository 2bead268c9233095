import { eventually } from '@claw/testing';
import { RoutingWorld } from './testing/routing-world.fixture';
import { randomNumber } from './testing/tenants.fixture';

const within = { withinMs: 15_000 };

describe('a carrier in trouble', () => {
  const world = new RoutingWorld();
  beforeAll(async () => {
    await world.open();
    await world.startApp();
  }, 60_000);
  afterAll(() => world.close(), 60_000);

  const textsAt = async (phone: string) => (await world.carrier.phone(phone)).map(({ text }) => text);

  it('that sent a message without saying so is asked for it before the message counts as failed', async () => {
    const { subaccount, phone } = await world.sender();
    // Its webhooks come late, so that nothing but a look at its lists tells.
    await world.carrier.behave({ handle: phone, timeout: { times: 1 }, delays: { webhook_ms: 4_000 } });
    const messageId = await world.accept(subaccount, phone, 'gone out');
    await eventually(async () => expect(await textsAt(phone)).toEqual(['gone out']), within);
    await world.release(subaccount, phone);
    await eventually(
      async () => expect(await world.statesOf(subaccount, messageId)).toContain('sent'),
      within,
    );
    expect(await world.statesOf(subaccount, messageId)).not.toContain('failed');
  }, 30_000);

  it('with one sending number doesn’t hold up another’s messages', async () => {
    const [slow, quick] = [await world.tenants.subaccount(), await world.sender()];
    const phones = Array.from({ length: 64 }, randomNumber);
    await world.claim(slow, phones);
    await world.carrier.behave({ handle: slow.sendingNumber, delays: { answer_ms: 900 } });
    await Promise.all(phones.map((phone) => world.accept(slow, phone, 'slow')));
    const served = async () =>
      (await Promise.all(phones.map(textsAt))).filter(({ length }) => length > 0).length;
    await eventually(async () => expect(await served()).toBeGreaterThan(0), within);
    await world.accept(quick.subaccount, quick.phone, 'quick');
    await eventually(async () => expect(await textsAt(quick.phone)).toEqual(['quick']), within);
    expect(await served()).toBeLessThan(phones.length);
    await world.carrier.behave({ handle: slow.sendingNumber, delays: null });
    await eventually(async () => expect(await served()).toBe(phones.length), { withinMs: 30_000 });
  }, 60_000);

  it('that has flagged a line keeps its messages waiting, and they go once it is well', async () => {
    const { subaccount, phone } = await world.sender();
    const line = subaccount.sendingNumber;
    await world.carrier.behave({ handle: line, fail: { status: 500, code: 4002 } });
    const messageId = await world.accept(subaccount, phone, 'patience');
    const other = await world.sender();
    await world.accept(other.subaccount, other.phone, 'meanwhile');
    await eventually(async () => expect(await textsAt(other.phone)).toEqual(['meanwhile']), within);
    expect(await textsAt(phone)).toEqual([]);
    expect(await world.statesOf(subaccount, messageId)).toEqual([]);
    await world.carrier.behave({ handle: line, fail: null });
    await eventually(async () => expect(await textsAt(phone)).toEqual(['patience']), within);
  }, 30_000);
});
