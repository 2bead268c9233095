import { randomUUID } from 'node:crypto';
import { eventually } from '@claw/testing';
import { eventOf, Inbound, received, type Routed } from '../testing/inbound.fixture';
import { RoutingWorld } from '../testing/routing-world.fixture';
import { type TestAgency } from '../testing/tenants.fixture';

const soon = { withinMs: 15_000 };

describe('what the carrier told in vain', () => {
  const world = new RoutingWorld({ BACKFILL_EVERY_MS: '250', CARRIER_TIMEOUT_MS: '3000' });
  const inbound = new Inbound(world);
  beforeAll(async () => {
    await world.open();
    await world.startApp();
  }, 60_000);
  afterAll(() => world.close(), 60_000);

  const setLine = ({ sendingNumber }: TestAgency, behaviour: object) =>
    world.carrier.behave({ handle: sendingNumber, ...behaviour });
  /** A number whose sending number's webhooks are lost from now on. */
  const unheard = async (agency?: TestAgency): Promise<Routed> => {
    const one = await inbound.routed(agency);
    await setLine(one.subaccount, { lose_webhooks: true });
    return one;
  };
  const text = ({ subaccount, phone }: Routed, words: string) =>
    world.carrier.inbound({ from: phone, to: subaccount.sendingNumber, text: words });
  const expectTexts = (one: Routed, texts: readonly string[]) =>
    eventually(async () => expect(await inbound.textsOf(one.subaccount)).toEqual(texts), soon);
  const expectStates = ({ subaccount }: Routed, messageId: string, states: readonly string[]) =>
    eventually(async () => expect(await world.statesOf(subaccount, messageId)).toEqual(states), soon);
  /** Once a later text is there, the rounds have been over everything before it once more. */
  const anotherRound = async (one: Routed) => {
    const words = randomUUID();
    await text(one, words);
    await eventually(async () => expect(await inbound.textsOf(one.subaccount)).toContain(words), soon);
  };
  const rounds = async (outcome: string): Promise<number> => {
    const metrics = await (await fetch(`http://127.0.0.1:${world.port}/metrics`)).text();
    const pattern = new RegExp(`^claw_carrier_backfill_rounds_total\\{outcome="${outcome}"\\} (\\d+)$`, 'm');
    return Number(pattern.exec(metrics)?.[1] ?? 0);
  };

  it('reaches the agent once and in order, as a webhook would have brought it', async () => {
    const one = await unheard();
    const sent = ['first', 'second', 'third'];
    const ids: string[] = [];
    for (const words of sent) ids.push(await text(one, words));
    await expectTexts(one, sent);
    await anotherRound(one);
    const messages = await inbound.messagesOf(one.subaccount);
    expect(messages.slice(0, 3)).toMatchObject(
      sent.map((words, at) => ({ messageId: ids[at], from: one.phone, text: words, isGroup: false })),
    );
    expect(messages).toHaveLength(4);
  });

  // Seen red with neither ledger nor feed asking whether it is known.
  it('changes nothing when its webhook comes after all', async () => {
    const one = await unheard();
    const id = await text(one, 'late');
    await expectTexts(one, ['late']);
    await inbound.tell(received(one.phone, one.subaccount.sendingNumber, 'late', { id }));
    await inbound.settleTold(one);
    expect((await inbound.textsOf(one.subaccount)).filter((words) => words === 'late')).toHaveLength(1);
  });

  // Seen red with states announced though they don’t move.
  it('is each state of a message that went out, once, also when a webhook comes after all', async () => {
    const one = await unheard();
    const messageId = await world.accept(one.subaccount, one.phone, 'hello');
    await expectStates(one, messageId, ['sent', 'delivered', 'read']);
    const [got] = await world.carrier.phone(one.phone);
    const { sendingNumber } = one.subaccount;
    await inbound.tell(
      eventOf('message.delivered', {
        id: got?.message_id,
        chat: { id: got?.chat_id, is_group: false, owner_handle: { handle: sendingNumber } },
        direction: 'outbound',
        sender_handle: { handle: sendingNumber },
        service: 'iMessage',
        parts: [],
        delivered_at: new Date().toISOString(),
      }),
    );
    await inbound.settleTold(one);
    expect(await world.statesOf(one.subaccount, messageId)).toEqual(['sent', 'delivered', 'read']);
  });

  it('is that a message failed, as far as the carrier still says why', async () => {
    const one = await unheard();
    await world.carrier.behave({
      handle: one.phone,
      undeliverable: { code: 4001, reason: 'gone', times: 1 },
    });
    const messageId = await world.accept(one.subaccount, one.phone, 'hello');
    await expectStates(one, messageId, ['failed']);
    expect((await world.feed(one.subaccount)).at(-1)).toMatchObject({
      error: 'The carrier couldn’t deliver the message.',
      errorCode: 'carrier_rejected',
    });
  });

  // Seen red with what agents were told neither compared nor folded: then the reaction comes with every round.
  it('is a reaction, and that it was taken back, each once', async () => {
    const one = await unheard();
    const { subaccount, phone } = one;
    const messageId = await text(one, 'look');
    await expectTexts(one, ['look']);
    const told = async () =>
      (await world.feed(subaccount)).flatMap((entry) =>
        entry.type === 'reaction' ? [[entry.messageId, entry.reactionType, entry.remove]] : [],
      );
    await world.carrier.react(phone, messageId, 'love');
    await eventually(async () => expect(await told()).toEqual([[messageId, 'love', false]]), soon);
    await inbound.tell(
      eventOf('reaction.added', {
        is_from_me: false,
        reaction_type: 'love',
        message_id: messageId,
        from_handle: { handle: phone },
        reacted_at: new Date().toISOString(),
      }),
    );
    await world.carrier.react(phone, messageId, 'love', true);
    await eventually(async () => expect((await told()).at(-1)).toEqual([messageId, 'love', true]), soon);
    await anotherRound(one);
    expect(await told()).toHaveLength(2);
  });

  it('is what was said in a group', async () => {
    const one = await unheard();
    const { subaccount, phone } = one;
    const other = (await inbound.routed(subaccount)).phone;
    const said = { from: phone, to: subaccount.sendingNumber, group: [other], text: 'all of you' };
    const messageId = await world.carrier.inbound(said);
    await eventually(
      async () =>
        expect(await inbound.messagesOf(subaccount)).toMatchObject([
          { messageId, isGroup: true, text: 'all of you' },
        ]),
      soon,
    );
  });

  it('is heeded where it is a wish to stop', async () => {
    const one = await unheard();
    await text(one, 'STOP');
    await eventually(
      async () =>
        expect((await world.carrier.phone(one.phone)).map((message) => message.text)).toEqual([
          expect.stringContaining('opted out'),
        ]),
      soon,
    );
    const messageId = await world.accept(one.subaccount, one.phone, 'are you sure?');
    await expectStates(one, messageId, ['failed']);
    expect((await world.feed(one.subaccount)).at(-1)).toMatchObject({ errorCode: 'recipient_opted_out' });
    await anotherRound(one);
    expect(await world.carrier.phone(one.phone)).toHaveLength(1);
  });

  // Seen red with the time of finding it in place of the carrier’s: then it goes to who has the number by then.
  it('reaches who held the number when it was sent, and never who claimed it since', async () => {
    const first = await unheard();
    const { subaccount: former, phone } = first;
    await setLine(former, { fail_lists: { status: 503, code: 3001 } });
    await text(first, 'for the first');
    await inbound.release(former, phone);
    await text(first, 'for nobody');
    const next: Routed = { subaccount: await world.tenants.subaccount(former), phone };
    await world.claim(next.subaccount, [phone]);
    await setLine(former, { fail_lists: null });
    await expectTexts(first, ['for the first']);
    await text(next, 'for the next');
    await expectTexts(next, ['for the next']);
    await anotherRound(next);
    expect((await inbound.textsOf(next.subaccount)).slice(0, -1)).toEqual(['for the next']);
    expect(await inbound.textsOf(former)).toEqual(['for the first']);
  });

  // Seen red with Retry-After left unread, and only the own backoff heeded.
  it('is asked for no sooner than the carrier wishes, and of one sending number without the other', async () => {
    const [busy, other] = [await unheard(), await unheard()];
    const putOff = await rounds('put_off');
    const refusal = { status: 429, code: 1007, retry_after: 3, times: 1 };
    await text(busy, 'waits');
    await setLine(busy.subaccount, { fail_lists: refusal });
    await text(busy, 'waits, too');
    await eventually(async () => expect(await rounds('put_off')).toBe(putOff + 1), soon);
    const refusedAt = performance.now();
    await text(busy, 'waits longest');
    await text(other, 'comes at once');
    await expectTexts(other, ['comes at once']);
    expect(performance.now() - refusedAt).toBeLessThan(2_500);
    expect(await inbound.textsOf(busy.subaccount)).not.toContain('waits longest');
    await eventually(
      async () => expect(await inbound.textsOf(busy.subaccount)).toContain('waits longest'),
      soon,
    );
    expect(performance.now() - refusedAt).toBeGreaterThan(2_500);
  });

  // Seen red with one number looked at after the other: seven wait for three seconds each.
  it('comes though other sending numbers’ lists hang', async () => {
    const hanging: Routed[] = [];
    for (let count = 0; count < 7; count += 1) hanging.push(await unheard());
    for (const { subaccount } of hanging) await setLine(subaccount, { delays: { answer_ms: 60_000 } });
    const one = await unheard();
    await text(one, 'unharmed');
    await expectTexts(one, ['unharmed']);
    for (const { subaccount } of hanging) await setLine(subaccount, { delays: null });
  });

  // Seen red with messages taken by when they were made, rather than by their last change.
  it('is what was sent long ago, and came only now', async () => {
    const one = await unheard();
    await text(one, 'now');
    await expectTexts(one, ['now']);
    const sent_at = new Date(Date.now() - 3_600_000).toISOString();
    await world.carrier.inbound({ from: one.phone, to: one.subaccount.sendingNumber, text: 'STOP', sent_at });
    await eventually(async () => expect(await world.carrier.phone(one.phone)).toHaveLength(1), soon);
    // Nobody held the number then.
    expect(await inbound.textsOf(one.subaccount)).toEqual(['now']);
  });
});
